package dev.sluice.rocketmq.requests;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Bytes made by a fuzzer. An ordinary build runs the inputs that are kept in the resources. To look
 * for new ones, name one test and let it run for its time:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl rocketmq/requests -am verify \
 *     -Dtest='WireFuzzTest#frames' -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * <p>What it finds is written next to the kept inputs, and is then part of every build.
 */
class WireFuzzTest {
  private static final String FOR = "10m";

  @FuzzTest(maxDuration = FOR)
  void frames(byte[] data) {
    FuzzTargets.frames(data);
  }

  @FuzzTest(maxDuration = FOR)
  void jsonHeader(byte[] data) {
    FuzzTargets.jsonHeader(data);
  }

  @FuzzTest(maxDuration = FOR)
  void binaryHeader(byte[] data) {
    FuzzTargets.binaryHeader(data);
  }

  @FuzzTest(maxDuration = FOR)
  void storedMessages(byte[] data) {
    FuzzTargets.storedMessages(data);
  }

  @FuzzTest(maxDuration = FOR)
  void bodies(byte[] data) {
    FuzzTargets.bodies(data);
  }

  @FuzzTest(maxDuration = FOR)
  void popAnswer(byte[] data) {
    FuzzTargets.popAnswer(data);
  }

  @FuzzTest(maxDuration = FOR)
  void routeData(byte[] data) {
    FuzzTargets.routeData(data);
  }

  @FuzzTest(maxDuration = FOR)
  void handles(byte[] data) {
    FuzzTargets.handles(data);
  }
}
