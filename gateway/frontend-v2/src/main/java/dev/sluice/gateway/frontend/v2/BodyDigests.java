package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Digest;
import dev.sluice.gateway.proto.v2.DigestType;
import dev.sluice.gateway.upstreams.Names;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32;

/** Digests of bodies: made for receivers, and checked where senders give one. */
final class BodyDigests {

  private static final HexFormat UPPER_CASE = HexFormat.of().withUpperCase();

  private BodyDigests() {}

  /** What receivers get, whatever the sender gave: the one form that all clients agree on. */
  static Digest md5(ByteBuffer body) {
    return Digest.newBuilder()
        .setType(DigestType.MD5)
        .setChecksum(UPPER_CASE.formatHex(digest("MD5", body)))
        .build();
  }

  /**
   * Checks a digest that a sender gives; one without a checksum is none.
   *
   * @throws Refusal where the body is not the one that it was made of
   */
  static void check(Digest digest, ByteBuffer body) {
    String given = digest.getChecksum().strip();
    if (given.isEmpty()) {
      return;
    }
    boolean same =
        switch (digest.getType()) {
          case MD5 -> given.equalsIgnoreCase(UPPER_CASE.formatHex(digest("MD5", body)));
          case SHA1 -> given.equalsIgnoreCase(UPPER_CASE.formatHex(digest("SHA-1", body)));
          case CRC32 -> isCrc(given, body);
          case DIGEST_TYPE_UNSPECIFIED, UNRECOGNIZED ->
              throw new Refusal(
                  Code.BAD_REQUEST,
                  "body_digest: type " + digest.getTypeValue() + " (expected: CRC32, MD5 or SHA1)");
        };
    if (!same) {
      throw new Refusal(
          Code.MESSAGE_CORRUPTED,
          "body_digest: "
              + digest.getType()
              + " "
              + Names.shown(given)
              + " (expected: that of the body as it came in)");
    }
  }

  /** Clients write it in hex of either case, filled up to 8 digits or not, and in decimals. */
  private static boolean isCrc(String given, ByteBuffer body) {
    var crc = new CRC32();
    crc.update(body.duplicate());
    String hex = Long.toHexString(crc.getValue());
    String withoutZeros = given.replaceFirst("^0+(?=.)", "").toLowerCase(Locale.ROOT);
    return withoutZeros.equals(hex) || withoutZeros.equals(Long.toString(crc.getValue()));
  }

  private static byte[] digest(String algorithm, ByteBuffer body) {
    try {
      MessageDigest made = MessageDigest.getInstance(algorithm);
      made.update(body.duplicate());
      return made.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
