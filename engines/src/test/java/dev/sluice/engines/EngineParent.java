package dev.sluice.engines;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A program that starts an engine and then waits to be killed, or shares one and ends. */
final class EngineParent {
  private EngineParent() {}

  /**
   * {@code own <directory> <version>}, {@code shared <directory> <version> <owner>}, {@code kafka
   * <directory>} or {@code frozen-kafka <directory>}; prints the engine's pid.
   */
  public static void main(String[] arguments) throws InterruptedException {
    Path directory = Path.of(arguments[1]);
    if (arguments[0].endsWith("kafka")) {
      KafkaEngine engine = KafkaEngine.in(directory).start();
      if (arguments[0].startsWith("frozen")) {
        engine.freeze();
      }
      System.out.println("pid=" + engine.pid());
      new CountDownLatch(1).await();
    }
    RocketMQVersion version = RocketMQVersion.valueOf(arguments[2]);
    if (arguments[0].equals("own")) {
      RocketMQEngine engine = RocketMQEngine.in(directory).version(version).quickStart().start();
      System.out.println("pid=" + engine.pid());
      new CountDownLatch(1).await();
    } else {
      SharedEngine engine = SharedEngine.find(version, directory, Owner.parse(arguments[3]));
      System.out.println("pid=" + engine.pid());
    }
  }
}
