package dev.sluice.gateway.bench;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** What messages consist of: text that does not compress well, the same in every run. */
final class Bodies {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final long SEED = 20_261_127;

  private Bodies() {}

  static ByteString of(int bytes) {
    Random random = new Random(SEED);
    StringBuilder text = new StringBuilder(bytes);
    for (int i = 0; i < bytes; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return ByteString.copyFrom(text.toString(), StandardCharsets.US_ASCII);
  }
}
