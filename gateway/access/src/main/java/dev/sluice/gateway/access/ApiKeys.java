package dev.sluice.gateway.access;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.lifecycle.Clock;
import io.grpc.Metadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of a file, read anew when it changes. Keys are known by their SHA-256 alone: they
 * are random and long, so that nothing slower is needed. A key that is taken out of the file is
 * refused at once, also on connections that used it before.
 */
public final class ApiKeys implements Authenticator, Reloadable {

  /** Where callers put their key, as {@code Bearer <key>}. */
  public static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /** Where callers put their key alone; looked at first. */
  public static final Metadata.Key<String> API_KEY =
      Metadata.Key.of("x-api-key", Metadata.ASCII_STRING_MARSHALLER);

  private static final String PREFIX = "sluice_";
  private static final int KEY_BYTES = 32;
  private static final int MAX_PRESENTED = 512;
  private static final String BEARER = "bearer ";
  private static final String EXPECTED =
      " (expected: metadata 'x-api-key: <key>' or 'authorization: Bearer <key>')";

  /** Whose key has a digest. */
  private static final class Known {
    private final byte[] digest;
    private final ApiKey key;

    Known(byte[] digest, ApiKey key) {
      this.digest = digest;
      this.key = key;
    }

    boolean is(byte[] presented) {
      return MessageDigest.isEqual(digest, presented);
    }
  }

  /**
   * Immutable. The map leads to those that agree in the first 8 bytes, which is no secret of use to
   * anybody; the rest is compared in constant time.
   */
  private record Table(Map<Long, List<Known>> byPrefix, Set<ApiKey> keys) {}

  private final Clock clock;
  // Those that the table now in use has; only touched while one is made.
  private final Map<String, ApiKey> byDigest = new HashMap<>();
  private final Reloading<Table> reloading;
  private volatile Consumer<Caller> revoked = caller -> {};

  private ApiKeys(NamedFile file, Clock clock) {
    this.clock = clock;
    this.reloading =
        Reloading.load(
            "API keys", List.of(file), contents -> table(ApiKeyFile.read(file, contents)));
  }

  /**
   * Reads the file. Blocks.
   *
   * @throws AccessException where it cannot be used; then nobody may be let in
   */
  public static ApiKeys load(NamedFile file, Clock clock) {
    return new ApiKeys(file, clock);
  }

  /** Has those told whose key is taken out of the file, on any thread, once it is refused. */
  public void onRevoked(Consumer<Caller> listener) {
    revoked = listener;
  }

  private Table table(List<ApiKeyEntry> entries) {
    Map<String, Account> accounts = new HashMap<>();
    byDigest.values().forEach(key -> accounts.put(key.name(), key.account()));
    Map<String, ApiKey> next = new HashMap<>();
    Map<Long, List<Known>> byPrefix = new HashMap<>();
    for (ApiKeyEntry entry : entries) {
      Account account =
          accounts.computeIfAbsent(
              entry.name(), name -> new Account("API key " + name, entry.limits(), clock));
      account.change(entry.limits());
      for (String hex : entry.digests()) {
        ApiKey before = byDigest.get(hex);
        ApiKey key =
            before != null && before.account().equals(account)
                ? before
                : new ApiKey(entry.name(), account);
        next.put(hex, key);
        byte[] digest = HexFormat.of().parseHex(hex);
        byPrefix
            .computeIfAbsent(prefix(digest), any -> new ArrayList<>())
            .add(new Known(digest, key));
      }
    }
    byDigest.clear();
    byDigest.putAll(next);
    return new Table(byPrefix, Set.copyOf(next.values()));
  }

  @Override
  public Caller authenticate(Metadata headers) {
    byte[] presented = sha256(presented(headers));
    for (Known known : reloading.current().byPrefix.getOrDefault(prefix(presented), List.of())) {
      if (known.is(presented)) {
        return known.key;
      }
    }
    throw refused("API key: unknown" + EXPECTED);
  }

  @Override
  public boolean accepts(Caller caller) {
    return caller instanceof ApiKey key && reloading.current().keys.contains(key);
  }

  private static String presented(Metadata headers) {
    String key = headers.get(API_KEY);
    if (key == null) {
      key = bearer(headers.get(AUTHORIZATION));
    }
    if (key.isEmpty() || key.length() > MAX_PRESENTED) {
      throw refused(
          "API key: " + key.length() + " characters (expected: 1 to " + MAX_PRESENTED + ")");
    }
    return key;
  }

  private static String bearer(@Nullable String authorization) {
    if (authorization == null) {
      throw refused("API key: missing" + EXPECTED);
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      // Not shown: what came in place of 'Bearer' may be the key itself.
      throw refused("authorization: no bearer token" + EXPECTED);
    }
    return authorization.substring(BEARER.length()).strip();
  }

  private static GatewayException refused(String message) {
    return new GatewayException(ErrorCategory.UNAUTHENTICATED, Subject.NONE, message);
  }

  @Override
  public Outcome look() {
    Set<ApiKey> before = new HashSet<>(reloading.current().keys);
    Outcome outcome = reloading.look(table -> {});
    before.removeAll(reloading.current().keys);
    before.forEach(revoked);
    return outcome;
  }

  /** A new key: 256 random bits, with a prefix by which those who find it know what it is. */
  public static String newKey() {
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Whether an entry may have this name. */
  public static boolean isName(String name) {
    return ApiKeyFile.NAME.matcher(name).matches();
  }

  /** The entry of a key for the file. */
  public static String entry(String name, String key) {
    return "- name: %s\n  sha256: \"%s\"\n".formatted(name, HexFormat.of().formatHex(sha256(key)));
  }

  private static byte[] sha256(String key) {
    return FileContents.sha256().digest(key.getBytes(StandardCharsets.UTF_8));
  }

  private static long prefix(byte[] digest) {
    return ByteBuffer.wrap(digest).getLong();
  }
}
