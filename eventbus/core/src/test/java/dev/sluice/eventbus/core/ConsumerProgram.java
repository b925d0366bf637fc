package dev.sluice.eventbus.core;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.MessageHandler;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A program of its own that consumes, to be killed or to have little memory. It says when it has
 * handled what it should, and closes when its input ends or has something.
 */
public final class ConsumerProgram {

  /** The number of the message that always fails, where one does. */
  static final int POISON = 37;

  /** Its key. */
  static final String POISONED = "poisoned";

  private static final int ATTEMPTS = 2;

  private ConsumerProgram() {}

  /** What becomes of the poison of a topic. */
  enum Task {
    /** There is none. */
    DRAIN(null),
    /** It is tried for ever. */
    RETRY(null),
    /** It is dead-lettered. */
    DEAD_LETTER(null),
    /** It is to be, and that fails. */
    REFUSED(FaultyTransport.Fault.REFUSE),
    /** It is to be, and that hangs. */
    HANGING(FaultyTransport.Fault.HANG),
    /** It is, and nobody says so. */
    UNANSWERED(FaultyTransport.Fault.LOSE_ANSWER);

    private final FaultyTransport.@Nullable Fault fault;

    Task(FaultyTransport.@Nullable Fault fault) {
      this.fault = fault;
    }

    FailurePolicy policy() {
      Backoff soon = Backoff.fixed(Duration.ofMillis(5));
      return this == DRAIN || this == RETRY
          ? FailurePolicy.retry(soon)
          : FailurePolicy.deadLetter(ATTEMPTS, soon);
    }
  }

  /**
   * What a program does with a topic.
   *
   * @param sound messages that it handles, those of the poison's key aside
   * @param behind messages of that key that it handles
   */
  record Work(Task task, String topic, int sound, int behind) {

    private static Work parse(String argument) {
      String[] parts = argument.split("/", -1);
      return new Work(
          Task.valueOf(parts[0]), parts[1], Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
    }

    String argument() {
      return "%s/%s/%d/%d".formatted(task, topic, sound, behind);
    }

    /** As the program says that it is done. */
    String done() {
      return "%s:%d+%d".formatted(task, sound, behind);
    }
  }

  /** Makes a transport to a broker. */
  @FunctionalInterface
  public interface Connector {

    /** Not started. */
    Transport connect(String server, BusOptions options, Ledger ledger);
  }

  /** The arguments of a program; {@code bytes} are fetched at a time, of each topic. */
  static List<String> arguments(String server, String group, long bytes, List<Work> works) {
    List<String> arguments = new ArrayList<>(List.of(server, group, Long.toString(bytes)));
    works.forEach(work -> arguments.add(work.argument()));
    return arguments;
  }

  /** Runs it, over what the connector makes. */
  public static void run(String[] arguments, Connector connector) throws Exception {
    List<Work> works =
        List.of(arguments).subList(3, arguments.length).stream().map(Work::parse).toList();
    Ledger ledger = Ledger.create();
    BusOptions options =
        BusOptions.of(arguments[1], works.stream().map(Work::topic).toArray(String[]::new));
    var transport = new FaultyTransport(connector.connect(arguments[0], options, ledger));
    EventBus bus = TransportBus.over(transport, options, ledger);
    var heap = HeapInUse.watch();
    long begin = System.nanoTime();
    bus.start();
    var open = new AtomicInteger(works.size());
    List<Progress> all = new ArrayList<>();
    for (Work work : works) {
      FaultyTransport.Fault fault = work.task().fault;
      if (fault != null) {
        transport.fail(options.deadLetterTopic(work.topic()), fault);
      }
      all.add(new Progress(work, open));
    }
    for (Progress each : all) {
      bus.subscribe(
          each.work.topic(),
          SubscribeOptions.of(each.work.task().policy())
              .fetched(SubscribeOptions.DEFAULT_MAX_MESSAGES, Long.parseLong(arguments[2])),
          each);
    }
    Thread teller = Thread.ofVirtual().start(() -> tell(all, open));
    int end = System.in.read(); // what follows is the other side's
    CloseReport report = bus.close(Duration.ofSeconds(60));
    teller.join();
    System.out.printf(
        Locale.ROOT,
        "closed=%s after %.1f s, %s%n",
        report.clean() ? "clean" : report.describe(),
        (System.nanoTime() - begin) / 1e9,
        heap);
    System.exit(report.clean() && end < 0 ? 0 : 1);
  }

  private static void tell(List<Progress> all, AtomicInteger open) {
    synchronized (open) {
      while (open.get() > 0) {
        try {
          open.wait();
        } catch (InterruptedException e) {
          return;
        }
      }
    }
    System.out.println(
        "handled=" + all.stream().map(Progress::toString).collect(Collectors.joining(" ")));
  }

  /** A topic's handler, and how far it is. */
  private static final class Progress implements MessageHandler {
    private final Work work;
    private final AtomicInteger open;
    private final BitSet sound = new BitSet();
    private final BitSet behind = new BitSet();
    private int failures;
    private boolean done;

    Progress(Work work, AtomicInteger open) {
      this.work = work;
      this.open = open;
    }

    @Override
    public void handle(InboundMessage message) {
      int number = Handled.number(message);
      boolean fails = work.task() != Task.DRAIN && number == POISON;
      note(fails, POISONED.equals(message.key()), number);
      if (fails) {
        throw new IllegalStateException("poison");
      }
    }

    private synchronized void note(boolean fails, boolean poisoned, int number) {
      if (fails) {
        failures++;
      } else {
        (poisoned ? behind : sound).set(number);
      }
      if (!done
          && sound.cardinality() >= work.sound()
          && behind.cardinality() >= work.behind()
          && (work.task() == Task.DRAIN || failures >= ATTEMPTS)) {
        done = true;
        synchronized (open) {
          open.decrementAndGet();
          open.notifyAll();
        }
      }
    }

    @Override
    public synchronized String toString() {
      return new Work(work.task(), work.topic(), sound.cardinality(), behind.cardinality()).done();
    }
  }
}
