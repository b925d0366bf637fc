package dev.sluice.gateway.server;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.sluice.testkit.Seeds;
import java.util.List;

/** Where a test takes its decisions from: a seed, or what a fuzzer found. */
interface Choices {

  /** From 0 to {@code max}, both included. */
  int upTo(int max);

  /** Up to that many bytes. */
  byte[] bytesUpTo(int max);

  default boolean chance(int percent) {
    return upTo(99) < percent;
  }

  default <T> T pick(List<T> choices) {
    return choices.get(upTo(choices.size() - 1));
  }

  static Choices of(Seeds seeds) {
    return new Choices() {
      @Override
      public int upTo(int max) {
        return seeds.between(0, max);
      }

      @Override
      public byte[] bytesUpTo(int max) {
        return seeds.bytesUpTo(max);
      }
    };
  }

  static Choices of(FuzzedDataProvider data) {
    return new Choices() {
      @Override
      public int upTo(int max) {
        return data.consumeInt(0, max);
      }

      @Override
      public byte[] bytesUpTo(int max) {
        return data.consumeBytes(max);
      }
    };
  }
}
