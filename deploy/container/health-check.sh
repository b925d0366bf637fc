#!/usr/bin/env bash
# Ends with 0 when the gateway in this container lives, with 1 otherwise. Needs nothing but bash.
#
# Liveness, not readiness: restarting a gateway does not help a broker that is away.
trap '' PIPE
address=${BIND_ADDRESS:-127.0.0.1}
case $address in
  0.0.0.0 | ::) address=127.0.0.1 ;;
esac
{ exec 3<>"/dev/tcp/$address/${METRICS_PORT:-8080}"; } 2>/dev/null || exit 1
# With TLS there is no asking without a client that speaks it: what accepts connections counts as alive.
[ -z "${TLS_CERT:-}" ] || exit 0
printf 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ] || exit 1
