package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Ledger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of buses over some broker have in common: members, topics that are new, patience. */
public abstract class ContractFixture {

  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final String RUN = Long.toString(System.nanoTime() & 0xFFFFFFFL, 36);

  /** A bus over a faulty transport over the real one, with its name in the group. */
  protected record Member(String group, String name, EventBus bus, FaultyTransport transport) {}

  private final List<Member> members = new CopyOnWriteArrayList<>();
  private Ledger ledger = Ledger.create();

  /**
   * A new transport to the broker that all tests share, not started.
   *
   * @param member its name in the group, for {@link #cutOff}
   */
  protected abstract Transport transport(BusOptions options, String member, Ledger ledger);

  /** Makes topics that do not exist yet, where they must be before they are used. */
  protected void makeTopics(List<String> topics, int partitions) {}

  /** How long a test waits for what must come. */
  protected Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** Whether members can be cut off from the broker here. */
  protected boolean canCutOff() {
    return false;
  }

  /** Cuts a member off; returns when its group has begun to do without it. */
  protected void cutOff(Member member) {
    throw new UnsupportedOperationException();
  }

  /** Lets a member that was cut off come back. */
  protected void letBack(Member member) {
    throw new UnsupportedOperationException();
  }

  @BeforeEach
  void useTheLedger(Ledger checked) {
    ledger = checked;
  }

  @AfterEach
  void closeWhatIsOpen() {
    List<CompletableFuture<CloseReport>> closing = new ArrayList<>();
    for (Member member : members) {
      closing.add(
          CompletableFuture.supplyAsync(
              () -> member.bus().close(patience()), task -> Thread.ofVirtual().start(task)));
    }
    closing.forEach(CompletableFuture::join);
  }

  /** What has everything that members open. */
  protected final Ledger ledger() {
    return ledger;
  }

  /** A name that no other test has, on this broker or in this run. */
  protected final String newName(String what) {
    return what + '-' + RUN + '-' + NAMES.incrementAndGet();
  }

  /** Topics that are there and empty. */
  protected final List<String> newTopics(int count, int partitions) {
    List<String> topics = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      topics.add(newName("t"));
    }
    makeTopics(topics, partitions);
    return topics;
  }

  /** Options with a short time to publish. */
  protected final BusOptions options(String group, List<String> topics) {
    return BusOptions.of(group, topics.toArray(String[]::new)).publishTimeout(patience());
  }

  /** A new member, started. */
  protected final Member start(BusOptions options) {
    Member member = create(options);
    member.bus().start();
    return member;
  }

  /** A new member, not started. */
  protected final Member create(BusOptions options) {
    String name = newName("m");
    var faulty = new FaultyTransport(transport(options, name, ledger));
    var member =
        new Member(options.group(), name, TransportBus.over(faulty, options, ledger), faulty);
    members.add(member);
    return member;
  }

  /** Publishes numbers from one on of a key, and waits until they are there. */
  protected final void publish(EventBus bus, String topic, String key, int from, int count) {
    List<CompletableFuture<Published>> publishing = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      publishing.add(bus.publish(topic, numbered(key, i)));
    }
    for (CompletableFuture<Published> each : publishing) {
      assertThat(each).succeedsWithin(patience());
    }
  }

  /** A message with a number. */
  protected static OutboundMessage numbered(String key, int number) {
    return OutboundMessage.of(key, Integer.toString(number).getBytes(StandardCharsets.UTF_8));
  }

  /** Waits as long as this broker may take. */
  protected final ConditionFactory patiently() {
    return await()
        .atMost(patience().toMillis(), TimeUnit.MILLISECONDS)
        .pollInterval(Duration.ofMillis(10));
  }
}
