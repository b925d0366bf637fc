package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.RecallHandle;
import dev.sluice.rocketmq.requests.RecallMessage;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.function.Supplier;

/** Takes delayed messages back at the broker that keeps them. Called on loops only. */
final class Recalls {

  /** What brokers say that take nothing back; for callers without permission they have the code. */
  private static final String SWITCHED_OFF = "operation is forbidden";

  private final RemotingClient client;
  private final Clock clock;
  private final String producerGroup;
  private final Supplier<BrokerFacts> facts;

  Recalls(RemotingClient client, Clock clock, String producerGroup, Supplier<BrokerFacts> facts) {
    this.client = client;
    this.clock = clock;
    this.producerGroup = producerGroup;
    this.facts = facts;
  }

  /** See {@code Upstream.recall}. */
  void recall(String topic, String text, Completion<String> completion) {
    BrokerRelease release = facts.get().release();
    if (release.classic()) {
      completion.failed(
          release.cannot(Subject.NONE, "recall", "RocketMQ 5, whose brokers take messages back"));
      return;
    }
    RecallHandle handle;
    try {
      handle = RecallHandle.parse(text);
    } catch (WireException e) {
      completion.failed(GatewayException.invalid(Subject.MESSAGE, String.valueOf(e.getMessage())));
      return;
    }
    if (!handle.topic().equals(topic)) {
      completion.failed(
          GatewayException.invalid(
              Subject.MESSAGE,
              "recall handle: of topic " + handle.topic() + " (expected: " + topic + ")"));
    } else if (handle.dueAt() <= clock.currentTimeMillis()) {
      completion.failed(due(handle));
    } else {
      client
          .routes()
          .lookup(
              topic,
              Then.of(
                  route -> recall(route, text, handle, completion),
                  failure -> completion.failed(Failures.of(failure, topic))));
    }
  }

  private static GatewayException due(RecallHandle handle) {
    return new GatewayException(
        ErrorCategory.FAILED_PRECONDITION,
        Subject.DELIVERY_TIME,
        "message "
            + handle.messageId()
            + ": is due since "
            + handle.dueAt()
            + " ms since the epoch (expected: one that is not due yet)");
  }

  private void recall(
      Route route, String text, RecallHandle handle, Completion<String> completion) {
    Broker broker = route.broker(handle.brokerName());
    Endpoint master = broker == null ? null : broker.master();
    if (master == null) {
      completion.failed(
          GatewayException.unavailable(
              "broker " + handle.brokerName() + ", which keeps the message, is not there", null));
      return;
    }
    client
        .commands()
        .call(
            master,
            new RecallMessage(producerGroup, handle.topic(), text, handle.brokerName()),
            Commands.Effect.CHANGES,
            client.options().callTimeout().toMillis(),
            Then.of(completion::done, failure -> completion.failed(refused(failure, handle))));
  }

  private GatewayException refused(ClientException failure, RecallHandle handle) {
    String said = String.valueOf(failure.getMessage());
    if (failure.code() == ResponseCode.NO_PERMISSION && said.contains(SWITCHED_OFF)) {
      return new GatewayException(
          ErrorCategory.UNSUPPORTED,
          Subject.NONE,
          "recall: broker "
              + handle.brokerName()
              + " takes no messages back (expected: recallMessageEnable=true there)",
          failure);
    }
    if (failure.code() == ResponseCode.ILLEGAL_OPERATION) {
      return handle.dueAt() <= clock.currentTimeMillis()
          ? due(handle)
          : new GatewayException(ErrorCategory.INVALID_ARGUMENT, Subject.MESSAGE, said, failure);
    }
    return Failures.of(failure, handle.topic());
  }
}
