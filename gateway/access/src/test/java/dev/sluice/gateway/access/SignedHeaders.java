package dev.sluice.gateway.access;

import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Headers as official clients sign them. */
final class SignedHeaders {

  private SignedHeaders() {}

  /** As the clients for Java and Node.js write them. */
  static Metadata by(String accessKey, String secret, String date) {
    return with(
        "MQv2-HMAC-SHA1 Credential="
            + accessKey
            + ", SignedHeaders=x-mq-date-time, Signature="
            + HexFormat.of().withUpperCase().formatHex(hmac(secret, date)),
        date);
  }

  static Metadata with(String authorization, String date) {
    Metadata headers = new Metadata();
    headers.put(Signatures.AUTHORIZATION, authorization);
    headers.put(Signatures.DATE, date);
    return headers;
  }

  static byte[] hmac(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
