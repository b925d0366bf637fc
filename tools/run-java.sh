# How Java runs Sluice; read by the launchers of a checkout and of the archive after find-jdk.sh, not run by itself.

# What both the rehearsal and the gateway run with: Java uses the cache only where these are the same.
common='-XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow'
gateway='-XX:+UseSerialGC -Xms64m -Xmx384m'
# Small and quick, for commands that end at once.
command='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m'
# Optimised: bench must be quicker than what it measures.
load='-XX:+UseSerialGC -Xms128m -Xmx384m'
# Bodies of dead letters may be large.
bus_command='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m'

# Java's ahead-of-time cache, which halves the time that the gateway takes to start; empty for none.
cache=

# record_start <jar> <log>: has Java record in the file $cache what a start needs. Others may do the same meanwhile: the
# file is there in full or not at all.
record_start() {
  say "Preparing quick starts (once for each build) ..."
  # What processes that are no more have left.
  for left in "${cache%/*}"/start-*.aot.*.new*; do
    owner=${left##*.aot.}
    kill -0 "${owner%%.*}" 2>/dev/null || rm -f "$left"
  done
  # shellcheck disable=SC2086
  "$jdk/bin/java" $common $gateway "-XX:AOTCacheOutput=$cache.$$.new" -jar "$1" rehearse >"$2" 2>&1 </dev/null &
  recording=$!
  trap 'kill "$recording" 2>/dev/null || :; wait "$recording" || :; rm -f "$cache.$$".new*; exit 143' INT TERM HUP
  recorded=yes
  wait "$recording" || recorded=
  trap - INT TERM HUP
  if [ -z "$recorded" ] || ! mv -f "$cache.$$.new" "$cache" 2>/dev/null; then
    # Starts are slower without, and that is all: do not try again with this build.
    echo none >"$cache"
  fi
  rm -f "$cache.$$".new*
}

# A file that says that there is none is short.
is_recorded() { [ -s "$1" ] && [ "$(wc -c <"$1")" -gt 1000 ]; }

# become_java <options> <property> <jar> <arguments>...: Java takes this process's place.
become_java() {
  options=$1
  property=$2
  jar=$3
  shift 3
  # Lists of options are split; paths may have spaces.
  if [ -n "$cache" ] && is_recorded "$cache"; then
    set -- "-XX:AOTCache=$cache" -Xlog:disable -Xlog:all=error:stderr -jar "$jar" "$@"
  else
    set -- -jar "$jar" "$@"
  fi
  # shellcheck disable=SC2086
  exec "$jdk/bin/java" $common $options "$property" ${SLUICE_JAVA_OPTS:-} "$@"
}
