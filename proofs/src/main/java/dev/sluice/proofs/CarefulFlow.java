package dev.sluice.proofs;

import io.grpc.StatusRuntimeException;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * One careful producer that sends numbered messages at a rate, and two careful consumers of one
 * group: all that is accepted must arrive. May run several times, one after the other.
 */
final class CarefulFlow {

  private final int port;
  private final EventLoopGroup loops;
  private final String topic;
  private final Sent sent = new Sent();
  private final Arrivals arrivals = new Arrivals();
  private final LongAdder failedSends = new LongAdder();
  private final LongAdder endedStreams = new LongAdder();
  private final LongAdder refusedAcks = new LongAdder();
  private volatile String firstFailure = "";

  CarefulFlow(int port, EventLoopGroup loops, String topic) {
    this.port = port;
    this.loops = loops;
    this.topic = topic;
  }

  Sent sent() {
    return sent;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** Connects and begins. */
  Running start(double perSecond) {
    return new Running(perSecond);
  }

  /** What was not as it should be. */
  List<String> findings() {
    var findings = new ArrayList<String>();
    int missing = arrivals.missing(sent.all());
    if (missing > 0) {
      findings.add("lost: %d of %d accepted messages".formatted(missing, sent.count()));
    }
    if (failedSends.sum() > 0) {
      findings.add("failed sends: %d, first: %s".formatted(failedSends.sum(), firstFailure));
    }
    if (endedStreams.sum() > 0) {
      findings.add("careful streams that ended: " + endedStreams.sum());
    }
    if (refusedAcks.sum() > 0) {
      findings.add("refused acknowledgements: " + refusedAcks.sum());
    }
    return findings;
  }

  /** One run; closing it ends the producer first, then the consumers. */
  final class Running implements AutoCloseable {
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<CarefulConsumer> consumers = new ArrayList<>();
    private final Caller producing = Caller.to(port, loops);
    private final Thread producer;

    private Running(double perSecond) {
      for (int i = 0; i < 2; i++) {
        consumers.add(CarefulConsumer.start(Caller.to(port, loops), topic, group(), arrivals));
      }
      producer = Thread.ofVirtual().name("careful producer").start(() -> produce(perSecond));
    }

    String group() {
      return topic + "-readers";
    }

    private void produce(double perSecond) {
      String id = producing.producer(topic);
      long begin = System.nanoTime();
      try {
        for (long i = 1; over.getCount() > 0; i++) {
          send(id);
          long due = begin + (long) (i * 1e9 / perSecond);
          var _ = over.await(Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void send(String id) {
      try {
        producing.send(id, sent);
      } catch (StatusRuntimeException | Caller.RefusedException e) {
        failedSends.increment();
        firstFailure = firstFailure.isEmpty() ? e.toString() : firstFailure;
      }
    }

    /** Stops sending and waits until everything has arrived, or for so long. */
    void awaitAll(Duration limit) throws InterruptedException {
      over.countDown();
      producer.join();
      long end = System.nanoTime() + limit.toNanos();
      while (arrivals.missing(sent.all()) > 0 && System.nanoTime() < end) {
        Pause.of(Duration.ofMillis(200));
      }
    }

    @Override
    public void close() {
      over.countDown();
      try {
        producer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (CarefulConsumer consumer : consumers) {
        if (consumer.isOver()) {
          endedStreams.increment();
        }
        refusedAcks.add(consumer.refusedAcks());
        consumer.close();
      }
      producing.close();
    }
  }
}
