package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A producer session. */
final class LiveProducer extends LiveSession implements ProducerSession {

  private final ProducerId content;
  private final Transactions transactions;
  // A stream removes itself when it ends.
  private final Set<CheckFlow> checkers = ConcurrentHashMap.newKeySet();

  LiveProducer(Instance instance, Basis basis, ProducerId content, Transactions transactions) {
    super(instance, basis, ResourceKinds.PRODUCER, Counter.ACTIVE_PRODUCERS);
    this.content = content;
    this.transactions = transactions;
  }

  @Override
  public String topic() {
    return content.topic();
  }

  @Override
  public CheckStream checks(CheckSink sink) {
    instance().requireAccepting();
    CheckFlow checker = transactions.checker(this, sink, new Owner());
    checkers.add(checker);
    checker.start();
    if (!isOpen()) {
      checker.abort(closedFailure());
    }
    return checker;
  }

  private final class Owner implements CheckFlow.Owner {
    @Override
    public boolean isOpen() {
      return LiveProducer.this.isOpen();
    }

    @Override
    public void over(CheckFlow checker) {
      checkers.remove(checker);
    }
  }

  private GatewayException closedFailure() {
    return GatewayException.unavailable("producer: of " + topic() + " is closed", null);
  }

  @Override
  void endStreams() {
    checkers.forEach(checker -> checker.abort(closedFailure()));
  }

  @Override
  public String toString() {
    return "producer of " + topic() + " by " + scope().peer();
  }
}
