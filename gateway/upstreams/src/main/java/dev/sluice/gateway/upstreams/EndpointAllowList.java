package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where callers may go: to the configured upstream and to what is listed beside it. Callers name
 * endpoints, and without this list the gateway would connect anywhere. Immutable.
 *
 * <p>Endpoints are compared in one normal form: lower case, no trailing dot, no {@code http://},
 * port 9876 where none is given, {@code localhost} as {@code 127.0.0.1}. Of several addresses each
 * must be allowed. No name is looked up.
 */
public final class EndpointAllowList {

  /** Allows every endpoint. */
  public static final String ANY = "*";

  private static final int MAX_TEXT = 1024;
  private static final int MAX_ADDRESSES = 32;

  private record Allowed(String scheme, String address) {}

  private final Set<String> schemes;
  private final Endpoint upstream;
  private final Set<Allowed> allowed;
  private final boolean any;

  private EndpointAllowList(
      Set<String> schemes, Endpoint upstream, Set<Allowed> allowed, boolean any) {
    this.schemes = schemes;
    this.upstream = upstream;
    this.allowed = allowed;
    this.any = any;
  }

  /**
   * Makes a list.
   *
   * @param schemes of the backends that there are
   * @param defaultScheme of endpoints without one, and of {@code http://}
   * @param upstream the configured upstream
   * @param others further endpoints, or {@link #ANY}
   * @throws GatewayException where one of them is malformed
   */
  public static EndpointAllowList of(
      Set<String> schemes, String defaultScheme, String upstream, Collection<String> others) {
    // Two steps, since normal forms depend on the default scheme alone.
    var parser =
        new EndpointAllowList(
            new TreeSet<>(schemes), new Endpoint(defaultScheme, ""), Set.of(), true);
    Endpoint configured = parser.normalise(upstream);
    var allowed = new HashSet<Allowed>();
    add(allowed, configured);
    boolean any = false;
    for (String other : others) {
      if (other.strip().equals(ANY)) {
        any = true;
      } else if (!other.isBlank()) {
        add(allowed, parser.normalise(other));
      }
    }
    return new EndpointAllowList(parser.schemes, configured, Set.copyOf(allowed), any);
  }

  private static void add(Set<Allowed> allowed, Endpoint endpoint) {
    for (String address : endpoint.address().split(";", -1)) {
      allowed.add(new Allowed(endpoint.scheme(), address));
    }
  }

  /** The configured upstream. */
  public Endpoint upstream() {
    return upstream;
  }

  /**
   * The endpoint that a caller means.
   *
   * @param text empty or {@code default} for the configured upstream
   * @throws GatewayException about {@code ENDPOINT}: {@code INVALID_ARGUMENT} where it is
   *     malformed, {@code PERMISSION_DENIED} where it is not allowed
   */
  public Endpoint resolve(String text) {
    String stripped = text.strip();
    if (stripped.isEmpty() || stripped.equalsIgnoreCase("default")) {
      return upstream;
    }
    Endpoint endpoint = normalise(stripped);
    check(endpoint);
    return endpoint;
  }

  /** Refuses a normalised endpoint that is not allowed, as {@link #resolve} does. */
  void check(Endpoint endpoint) {
    if (any) {
      return;
    }
    for (String address : endpoint.address().split(";", -1)) {
      if (!allowed.contains(new Allowed(endpoint.scheme(), address))) {
        throw new GatewayException(
            ErrorCategory.PERMISSION_DENIED,
            Subject.ENDPOINT,
            "endpoint: "
                + address
                + " is not allowed here (expected: the configured upstream, or one listed in"
                + " ALLOWED_ENDPOINTS / --allowed-endpoints)");
      }
    }
  }

  /**
   * What tokens carry for the endpoint: nothing for the configured upstream, which may have another
   * address after a restart or on another instance.
   */
  public String portable(Endpoint endpoint) {
    return endpoint.equals(upstream) ? "" : endpoint.toString();
  }

  private Endpoint normalise(String text) {
    if (text.length() > MAX_TEXT) {
      throw invalid(text.length() + " characters", "at most " + MAX_TEXT);
    }
    var addresses = new TreeSet<String>();
    String scheme = "";
    for (String part : text.split("[;,]", -1)) {
      String one = part.strip();
      if (one.isEmpty()) {
        continue;
      }
      int colon = one.indexOf("://");
      String itsScheme = colon < 0 ? "" : Addresses.lower(one.substring(0, colon));
      if (colon < 0 || itsScheme.equals("http")) {
        itsScheme = scheme.isEmpty() ? upstream.scheme() : scheme;
      }
      if (!schemes.contains(itsScheme)) {
        throw invalid(itsScheme + "://", "one of " + String.join("://, ", schemes) + "://");
      }
      if (!scheme.isEmpty() && !scheme.equals(itsScheme)) {
        throw invalid(text, "one scheme for all addresses");
      }
      scheme = itsScheme;
      addresses.add(Addresses.normalise(colon < 0 ? one : one.substring(colon + 3)));
    }
    if (addresses.isEmpty() || addresses.size() > MAX_ADDRESSES) {
      throw invalid(text, "1 to " + MAX_ADDRESSES + " addresses host:port separated by ;");
    }
    return new Endpoint(scheme, String.join(";", addresses));
  }

  static GatewayException invalid(String value, String expected) {
    return GatewayException.invalid(
        Subject.ENDPOINT, "endpoint: " + value + " (expected: " + expected + ")");
  }
}
