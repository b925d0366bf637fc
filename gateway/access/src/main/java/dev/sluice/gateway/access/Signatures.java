package dev.sluice.gateway.access;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.Names;
import dev.sluice.lifecycle.Clock;
import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The signatures of official RocketMQ 5 clients: an HMAC of a date in the headers, and of nothing
 * else. Whoever has seen one may repeat it with any request, until its date is too far off.
 *
 * <p>All that is refused before a user is looked for concerns the headers alone, so that it tells
 * nothing about users.
 */
final class Signatures {

  /** Of Java's cryptography. */
  static final String ALGORITHM = "HmacSHA1";

  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> DATE =
      Metadata.Key.of("x-mq-date-time", Metadata.ASCII_STRING_MARSHALLER);

  private static final String SCHEME = "MQv2-HMAC-SHA1 ";
  private static final String CREDENTIAL = "Credential=";
  private static final String SIGNATURE = "Signature=";
  private static final int SIGNATURE_BYTES = 20;
  private static final String EXPECTED =
      " (expected: 'authorization: MQv2-HMAC-SHA1 Credential=<access key>,"
          + " SignedHeaders=x-mq-date-time, Signature=<HMAC-SHA1 of x-mq-date-time in hex>')";

  private final Duration maxSkew;
  private final Clock clock;

  /**
   * Judges dates by a clock.
   *
   * @param maxSkew how far off they may be; zero for any
   */
  Signatures(Duration maxSkew, Clock clock) {
    this.maxSkew = maxSkew;
    this.clock = clock;
  }

  /** What a call's headers claim. */
  static final class Claim {
    private final String accessKey;
    private final byte[] signed;
    private final byte[] signature;

    private Claim(String accessKey, byte[] signed, byte[] signature) {
      this.accessKey = accessKey;
      this.signed = signed;
      this.signature = signature;
    }

    String accessKey() {
      return accessKey;
    }

    /** Whether the signature was made with this secret; takes the same time either way. */
    boolean isSignedWith(SecretKeySpec secret) {
      try {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(secret);
        return MessageDigest.isEqual(mac.doFinal(signed), signature);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(ALGORITHM + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * Reads the headers.
   *
   * @throws GatewayException with {@code UNAUTHENTICATED} where they claim nothing, or the date is
   *     too far off
   */
  Claim read(Metadata headers) {
    String authorization = headers.get(AUTHORIZATION);
    if (authorization == null) {
      throw refused("authorization: missing" + EXPECTED);
    }
    String date = headers.get(DATE);
    if (date == null || date.isEmpty()) {
      throw refused("x-mq-date-time: missing (expected: the date that authorization signs)");
    }
    String accessKey = "";
    byte[] signature = null;
    if (authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      for (String part : authorization.substring(SCHEME.length()).split(",", -1)) {
        String one = part.strip();
        if (one.startsWith(CREDENTIAL)) {
          // C++ and Go have their region and service behind it.
          accessKey = one.substring(CREDENTIAL.length()).split("/", 2)[0];
        } else if (one.startsWith(SIGNATURE)) {
          signature = bytes(one.substring(SIGNATURE.length()));
        }
      }
    }
    if (accessKey.isEmpty() || signature == null) {
      // Not shown: it may hold a secret by mistake.
      throw refused("authorization: not signed as it should be" + EXPECTED);
    }
    checkSkew(date);
    return new Claim(accessKey, date.getBytes(StandardCharsets.UTF_8), signature);
  }

  private static byte @Nullable [] bytes(String hex) {
    if (hex.length() != 2 * SIGNATURE_BYTES) {
      return null;
    }
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void checkSkew(String date) {
    if (maxSkew.isZero()) {
      return;
    }
    Instant now = Instant.ofEpochMilli(clock.currentTimeMillis());
    Optional<Instant> signed = SignedDate.parse(date);
    if (signed.isPresent() && Duration.between(now, signed.get()).abs().compareTo(maxSkew) > 0) {
      throw refused(
          "x-mq-date-time: "
              + Names.shown(date)
              + " is too far from "
              + SignedDate.text(now)
              + ", which it is here (expected: at most "
              + maxSkew.toString().substring(2).toLowerCase(java.util.Locale.ROOT)
              + " off, as SIGNATURE_MAX_SKEW has it)");
    }
  }

  static GatewayException refused(String message) {
    return new GatewayException(ErrorCategory.UNAUTHENTICATED, Subject.NONE, message);
  }
}
