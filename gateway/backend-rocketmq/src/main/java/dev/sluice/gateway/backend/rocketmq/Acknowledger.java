package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.remoting.AckStatus;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Acknowledges deliveries and sets when they come again. Called on loops only. */
final class Acknowledger {
  private static final AckOutcome GONE =
      new AckOutcome.Failed(
          GatewayException.notFound(
              Subject.HANDLE, "handle: names a message that its queue does not hold any more"));

  private static final AckOutcome NOT_TAKEN =
      new AckOutcome.Failed(
          GatewayException.unavailable(
              "the broker did not take the acknowledgement; the message comes again", null));

  private final RemotingClient client;
  private final Clock clock;

  Acknowledger(RemotingClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** See {@code Upstream.ack}. */
  void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion) {
    AckOutcome[] outcomes = new AckOutcome[handles.size()];
    List<PopHandle> parsed = new ArrayList<>(handles.size());
    for (int i = 0; i < outcomes.length; i++) {
      try {
        parsed.add(PopHandle.parse(handles.get(i)));
      } catch (WireException e) {
        outcomes[i] = new AckOutcome.Failed(malformed(e));
      }
    }
    if (parsed.isEmpty()) {
      completion.done(Arrays.asList(outcomes));
      return;
    }
    client
        .popping()
        .ackAll(
            group,
            topic,
            parsed,
            client.options().callTimeout().toMillis(),
            Then.of(
                statuses -> completion.done(merged(outcomes, statuses)),
                failure -> completion.failed(Failures.of(failure, topic, group))));
  }

  /** Puts what was asked of the broker into the places that are still empty. */
  private static List<AckOutcome> merged(AckOutcome[] outcomes, List<AckStatus> statuses) {
    int next = 0;
    for (int i = 0; i < outcomes.length; i++) {
      if (outcomes[i] == null) {
        outcomes[i] =
            switch (statuses.get(next++)) {
              case OK -> AckOutcome.OK;
              case NO_MESSAGE -> GONE;
              case FAILED -> NOT_TAKEN;
            };
      }
    }
    return Arrays.asList(outcomes);
  }

  /** See {@code Upstream.changeInvisible}. */
  void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion) {
    PopHandle parsed;
    try {
      parsed = PopHandle.parse(handle);
    } catch (WireException e) {
      completion.failed(malformed(e));
      return;
    }
    long millis = Math.max(1, invisible.toMillis());
    client
        .popping()
        .changeInvisible(
            group,
            topic,
            parsed,
            millis,
            client.options().callTimeout().toMillis(),
            Then.of(
                renewed ->
                    completion.done(
                        new NewHandle(renewed.encode(), clock.currentTimeMillis() + millis)),
                failure -> completion.failed(Failures.of(failure, topic, group))));
  }

  private static GatewayException malformed(WireException e) {
    return new GatewayException(
        ErrorCategory.INVALID_ARGUMENT, Subject.HANDLE, String.valueOf(e.getMessage()), e);
  }
}
