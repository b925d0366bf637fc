package dev.sluice.gateway.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who may look at {@code /debug}: this machine itself, and whoever has the token.
 *
 * <p>A request from the loopback counts as this machine's own only where nothing shows that it was
 * passed on for somebody else: neither a proxy's header, nor a host name that is not the
 * loopback's, which is what a browser sends that was lured here by a foreign page.
 */
record DebugAccess(Optional<DebugToken> token) {
  /** What to do about {@link Verdict#ELSEWHERE}. */
  static final String ELSEWHERE_TEXT =
      "/debug is for the gateway's own machine: ask it there, at localhost or 127.0.0.1 and without"
          + " a proxy in between.\nFrom elsewhere: set DEBUG_TOKEN for the gateway, and send the"
          + " header 'Authorization: Bearer <token>'.\n";

  /** The same about {@link Verdict#WRONG_TOKEN}. */
  static final String WRONG_TOKEN_TEXT =
      "The token is not the gateway's (expected: the value of its setting DEBUG_TOKEN, as"
          + " 'Authorization: Bearer <token>').\n";

  private static final List<HeaderName> PASSED_ON =
      List.of(
          HeaderNames.FORWARDED,
          HeaderNames.X_FORWARDED_FOR,
          HeaderNames.X_FORWARDED_HOST,
          HeaderNames.create("X-Real-IP"),
          HeaderNames.VIA);
  private static final String BEARER = "bearer ";

  enum Verdict {
    ALLOWED,
    WRONG_TOKEN,
    ELSEWHERE
  }

  Verdict judge(ServerRequest request) {
    return judge(request.remotePeer().address(), request.headers());
  }

  Verdict judge(SocketAddress peer, ServerRequestHeaders headers) {
    String authorization = headers.value(HeaderNames.AUTHORIZATION).orElse("");
    if (token.isPresent() && !authorization.isEmpty()) {
      return presents(token.get(), authorization) ? Verdict.ALLOWED : Verdict.WRONG_TOKEN;
    }
    boolean here =
        peer instanceof InetSocketAddress address
            && address.getAddress() != null
            && address.getAddress().isLoopbackAddress()
            && isLoopback(headers.value(HeaderNames.HOST).orElse(""))
            && PASSED_ON.stream().noneMatch(headers::contains);
    return here ? Verdict.ALLOWED : Verdict.ELSEWHERE;
  }

  private static boolean presents(DebugToken token, String authorization) {
    return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && token.matches(authorization.substring(BEARER.length()).strip());
  }

  /** By its form alone: names are not looked up. */
  private static boolean isLoopback(String host) {
    String name = host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.equals("[::1]")
        || name.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
  }
}
