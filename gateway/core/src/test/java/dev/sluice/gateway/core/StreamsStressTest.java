package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.DeliveryStream;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Streams of one group are opened, read slowly, closed, aborted with their sessions and refused by
 * many threads, while messages are delivered, acknowledged and handed back. More of it with {@code
 * -Dsluice.campaign=100}.
 */
class StreamsStressTest {

  private static final int ROUNDS = 4;
  private static final int THREADS = 5;
  private static final int STEPS = 60;
  private static final int MESSAGES = 300;
  private static final int CONNECTIONS = 4;
  private static final String TOPIC = "orders";
  private static final String GROUP = "billing";

  /** An invisible duration of a minute is over in a second. */
  private static final int HURRY = 60;

  /** A sink that is called on its loop alone, and never after its end. */
  private static final class Checked implements DeliverySink {
    private final World world;
    private final ConsumerSession session;
    private final Loop loop;
    private final Seeds seeds;
    private final int acks;
    private volatile boolean ready = true;
    private boolean open;
    private boolean ended;

    Checked(World world, ConsumerSession session, Loop loop, Seeds seeds, int acks) {
      this.world = world;
      this.session = session;
      this.loop = loop;
      this.seeds = seeds;
      this.acks = acks;
    }

    /** On its loop. */
    void closed() {
      ended = true;
    }

    private void check(String what) {
      if (!loop.inLoop()) {
        world.hurried.fault(what + " off the stream's loop");
      } else if (ended) {
        world.hurried.fault(what + " after the stream's end");
      }
    }

    @Override
    public boolean isReady() {
      check("asked");
      return ready;
    }

    @Override
    public void opened() {
      check("opened");
      if (open) {
        world.hurried.fault("opened twice");
      }
      open = true;
    }

    @Override
    public void deliver(SealedDelivery delivery) {
      check("delivered");
      if (!open) {
        world.hurried.fault("delivered before it was open");
      }
      if (seeds.chance(10)) {
        ready = false;
      }
      if (seeds.chance(acks)) {
        world.ack(session, delivery);
      }
    }

    @Override
    public void ended(GatewayException failure) {
      check("ended");
      ended = true;
    }
  }

  private record Opened(DeliveryStream stream, Checked sink) {
    void resume() {
      sink.ready = true;
      stream.resume();
    }
  }

  private static final class World {
    private final HurriedGateway hurried;
    private final List<ConnectionScope> connections = new CopyOnWriteArrayList<>();
    private final List<ConsumerSession> consumers = new CopyOnWriteArrayList<>();
    private final List<Opened> streams = new CopyOnWriteArrayList<>();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger serial = new AtomicInteger();

    World(Ledger ledger, boolean immediate) {
      var d = ReceiveSettings.DEFAULTS;
      var options = MemoryOptions.DEFAULTS;
      hurried =
          new HurriedGateway(
              ledger,
              HURRY,
              immediate ? options.completingImmediately() : options,
              GatewaySettings.DEFAULTS
                  .with(
                      new ReceiveSettings(
                          20,
                          d.bufferBytes(),
                          3,
                          8,
                          d.pollWait(),
                          d.backOff(),
                          d.invisible(),
                          d.maxHold(),
                          10_000))
                  .withSweepEvery(Duration.ofHours(1)));
      hurried.backend().makeTopic(HurriedGateway.ADDRESS, TOPIC);
    }

    void ack(ConsumerSession session, SealedDelivery delivery) {
      hurried
          .gateway()
          .acks()
          .ack(
              session.lease(),
              delivery.handle(),
              new Completion<>() {
                @Override
                public void done(Void nothing) {
                  acknowledged.add(Messages.text(delivery.delivery()));
                }

                @Override
                public void failed(GatewayException failure) {
                  // A handle that is refused belongs to a message that comes again; one that could
                  // not be acknowledged is held on.
                  if (failure.subject() != GatewayException.Subject.HANDLE
                      && hurried.gateway().accepting()) {
                    hurried.loops().current().execute(() -> ack(session, delivery));
                  }
                }
              });
    }

    void step(Seeds seeds) {
      if (consumers.isEmpty()) {
        hurried.onLoop(seeds, () -> create(seeds.split()));
      }
      switch (seeds.between(0, 11)) {
        case 0, 1 -> hurried.onLoop(seeds, () -> create(seeds.split()));
        case 2, 3, 4 -> {
          Seeds own = seeds.split();
          hurried.onLoop(seeds, () -> open(own, consumers));
        }
        case 5, 6 -> {
          List<Opened> now = List.copyOf(streams);
          if (!now.isEmpty()) {
            Opened one = seeds.pick(now);
            hurried.somewhere(seeds, one.stream::close);
            hurried.somewhere(seeds, one.stream::close);
          }
        }
        case 7 -> List.copyOf(streams).forEach(Opened::resume);
        case 8 -> {
          List<ConsumerSession> now = List.copyOf(consumers);
          if (!now.isEmpty()) {
            ConsumerSession one = seeds.pick(now);
            consumers.remove(one);
            hurried.somewhere(seeds, one::close);
          }
        }
        case 9 -> {
          List<ConnectionScope> now = List.copyOf(connections);
          if (!now.isEmpty() && seeds.chance(40)) {
            ConnectionScope one = seeds.pick(now);
            connections.remove(one);
            hurried.somewhere(seeds, one::close);
          }
        }
        case 10 -> {
          Operation operation =
              seeds.pick(Operation.RECEIVE, Operation.ACK, Operation.CHANGE_INVISIBLE);
          hurried
              .backend()
              .faults()
              .failNext(operation, GatewayException.unavailable("memory: away", null));
        }
        default -> send(seeds, 3);
      }
    }

    private void create(Seeds seeds) {
      if (connections.size() < CONNECTIONS) {
        connections.add(hurried.gateway().openConnection("peer " + serial.incrementAndGet()));
      }
      List<ConnectionScope> now = List.copyOf(connections);
      if (now.isEmpty()) {
        return;
      }
      var outcome = hurried.<ConsumerSession>outcome();
      // Whoever wants another order than the others is refused.
      boolean ordered = seeds.chance(5);
      hurried
          .gateway()
          .sessions()
          .createConsumer(
              seeds.pick(now),
              ManualGateway.consumerSpec(TOPIC, GROUP, "*", ordered),
              new Completion<>() {
                @Override
                public void done(ConsumerSession session) {
                  consumers.add(session);
                  open(seeds, List.of(session));
                  outcome.done(session);
                }

                @Override
                public void failed(GatewayException failure) {
                  outcome.failed(failure);
                }
              });
    }

    /** On a loop. */
    private void open(Seeds seeds, List<ConsumerSession> choice) {
      List<ConsumerSession> now = List.copyOf(choice);
      if (!now.isEmpty()) {
        open(seeds, seeds.pick(now), seeds.between(30, 100));
      }
    }

    private void open(Seeds seeds, ConsumerSession session, int acks) {
      Loop loop = hurried.loops().current();
      var sink = new Checked(this, session, loop, seeds, acks);
      DeliveryStream stream = session.open(sink);
      streams.add(new Opened(stream, sink));
      if (seeds.chance(10)) {
        stream.close();
        sink.closed();
      }
    }

    private void send(Seeds seeds, int count) {
      List<Outcome<SendReceipt>> sent = new ArrayList<>();
      ConnectionScope scope = hurried.gateway().openConnection("sender");
      var made = hurried.<ProducerSession>outcome();
      hurried.onLoop(
          seeds,
          () ->
              hurried
                  .gateway()
                  .sessions()
                  .createProducer(scope, new ProducerSpec("", "", Credentials.NONE, TOPIC), made));
      HurriedGateway.until(made::isOver);
      for (int i = 0; i < count; i++) {
        var outcome = hurried.<SendReceipt>outcome();
        sent.add(outcome);
        var message = Messages.plain(TOPIC, "m" + serial.incrementAndGet());
        hurried.onLoop(
            seeds, () -> hurried.gateway().sends().send(made.value().lease(), message, outcome));
      }
      HurriedGateway.until(() -> sent.stream().allMatch(Outcome::isOver));
      scope.close();
    }

    /** The last consumer gets all that is left; then everything is over. */
    void end(Seeds seeds) throws Exception {
      connections.forEach(ConnectionScope::close);
      HurriedGateway.until(
          () ->
              hurried.ledger().open(ResourceKinds.STREAM) == 0
                  && hurried.ledger().open(ResourceKinds.HELD_DELIVERY) == 0
                  && hurried.ledger().open(ResourceKinds.CONSUMER) == 0);
      ConnectionScope last = hurried.gateway().openConnection("last");
      var made = hurried.<ConsumerSession>outcome();
      hurried.onLoop(
          seeds,
          () ->
              hurried
                  .gateway()
                  .sessions()
                  .createConsumer(
                      last, ManualGateway.consumerSpec(TOPIC, GROUP, "*", false), made));
      HurriedGateway.until(made::isOver);
      hurried.onLoop(seeds, () -> open(Seeds.of(1), made.value(), 100));
      HurriedGateway.until(
          () -> {
            streams.forEach(Opened::resume);
            return hurried.backend().unacknowledged(HurriedGateway.ADDRESS, TOPIC, GROUP) == 0;
          });
      last.close();
      HurriedGateway.until(() -> hurried.ledger().open(ResourceKinds.HELD_DELIVERY) == 0);
      assertThat(acknowledged).hasSizeGreaterThan(MESSAGES / 2);
      hurried.close();
    }
  }

  private static void round(Ledger ledger, Seeds seeds) throws Exception {
    var world = new World(ledger, seeds.chance(50));
    world.hurried.onLoop(seeds, () -> world.create(seeds.split()));
    HurriedGateway.until(() -> !world.consumers.isEmpty());
    world.send(seeds, MESSAGES);
    world.hurried.atOnce(
        THREADS,
        seeds,
        own -> {
          for (int i = 0; i < STEPS; i++) {
            world.step(own);
          }
        });
    world.end(seeds);
  }

  @Test
  void streamsEndOnceAndHandBackAllThatTheyHold(Ledger ledger) {
    Seeds.forAll(ROUNDS, seeds -> round(ledger, seeds));
  }
}
