package dev.sluice.eventbus.kafka;

import dev.sluice.lifecycle.Ledger;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A program of its own that consumes, to be killed, or to have little memory. */
final class Child implements AutoCloseable {
  private final Process process;

  private Child(Process process) {
    this.process = process;
  }

  /**
   * {@code <bootstrap servers> <topic, and group> <count> <poison>}: consumes, fails at the offset
   * of the poison for ever, and says so when it has handled {@code count} others.
   */
  public static void main(String[] arguments) throws Exception {
    String topic = arguments[1];
    int count = Integer.parseInt(arguments[2]);
    long poison = Long.parseLong(arguments[3]);
    var handled = new AtomicInteger();
    var all = new CountDownLatch(1);
    Member member = Member.start(Member.optionsAt(arguments[0], topic, topic), Ledger.create());
    member.consume(
        topic,
        (item, attempt) -> {
          if (item.offset() == poison) {
            throw new IllegalStateException("poison");
          }
          if (handled.incrementAndGet() == count) {
            all.countDown();
          }
        },
        dev.sluice.eventbus.FailurePolicy.retry(
            dev.sluice.eventbus.Backoff.fixed(Duration.ofMillis(5))),
        10_000);
    all.await();
    System.out.println("handled=" + handled.get());
    // What follows is the other side's.
    int end = System.in.read();
    member.close();
    System.out.println("closed=" + end);
  }

  static Child start(String topic, int count, long poison, String... jvm) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(jvm));
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(
            Child.class.getName(),
            Broker.engine().bootstrapServers(),
            topic,
            Integer.toString(count),
            Long.toString(poison)));
    return new Child(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Reads what it prints until a line begins so; the rest of that line. */
  String await(String beginning) throws IOException {
    BufferedReader output = process.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(beginning)) {
        return line.substring(beginning.length());
      }
    }
    throw new IllegalStateException("it ended without " + beginning);
  }

  /** Has it close in order, and waits until it has ended. */
  int end() throws Exception {
    process.getOutputStream().close();
    await("closed=");
    return process.waitFor();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
