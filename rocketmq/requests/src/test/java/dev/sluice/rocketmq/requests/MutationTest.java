package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kept inputs of the fuzz tests, broken at random in every build: bytes changed, cut out,
 * doubled and put together, and lengths replaced by extreme ones.
 */
class MutationTest {
  private static final int RUNS = 1000;

  /** A fuzz test by its name, and what it checks. */
  record Target(String name, Consumer<byte[]> check) {
    List<byte[]> inputs() {
      try {
        Path folder =
            Path.of(
                Objects.requireNonNull(MutationTest.class.getResource("WireFuzzTestInputs/" + name))
                    .toURI());
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.sorted().toList()) {
            inputs.add(Files.readAllBytes(file));
          }
        }
        return inputs;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (URISyntaxException e) {
        throw new AssertionError(e);
      }
    }
  }

  static List<Target> targets() {
    return List.of(
        new Target("frames", FuzzTargets::frames),
        new Target("jsonHeader", FuzzTargets::jsonHeader),
        new Target("binaryHeader", FuzzTargets::binaryHeader),
        new Target("storedMessages", FuzzTargets::storedMessages),
        new Target("bodies", FuzzTargets::bodies),
        new Target("popAnswer", FuzzTargets::popAnswer),
        new Target("routeData", FuzzTargets::routeData),
        new Target("handles", FuzzTargets::handles));
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Timeout(120)
  void brokenInputsAreReadOrRefused(Target target) {
    List<byte[]> inputs = target.inputs();
    assertThat(inputs).isNotEmpty();

    Seeds.forAll(
        RUNS,
        seeds -> {
          byte[] data = seeds.pick(inputs);
          int times = seeds.between(1, 4);
          for (int i = 0; i < times; i++) {
            data = mutate(data, seeds, inputs);
          }
          target.check.accept(data);
        });
  }

  private static byte[] mutate(byte[] data, Seeds seeds, List<byte[]> inputs) {
    if (data.length < 4) {
      return seeds.bytesUpTo(64);
    }
    int at = seeds.between(0, data.length - 4);
    byte[] copy = data.clone();
    switch (seeds.between(0, 5)) {
      case 0 -> copy[at] = seeds.bytes(1)[0];
      case 1 -> copy[at] ^= (byte) (1 << seeds.between(0, 7));
      case 2 ->
          ByteBuffer.wrap(copy)
              .putInt(
                  at,
                  seeds.pick(
                      0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xFFFF, seeds.anyInt()));
      case 3 -> {
        return concat(copy, at, copy, at + seeds.between(1, 4));
      }
      case 4 -> {
        return concat(copy, at + 4, copy, at);
      }
      default -> {
        byte[] other = seeds.pick(inputs);
        return concat(copy, at, other, seeds.between(0, other.length));
      }
    }
    return copy;
  }

  /** The first one up to a place, then the second one from a place. */
  private static byte[] concat(byte[] first, int end, byte[] second, int start) {
    return ByteBuffer.allocate(end + second.length - start)
        .put(first, 0, end)
        .put(second, start, second.length - start)
        .array();
  }
}
