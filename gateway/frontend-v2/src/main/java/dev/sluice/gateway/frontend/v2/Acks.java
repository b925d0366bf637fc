package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.proto.v2.AckMessageEntry;
import dev.sluice.gateway.proto.v2.AckMessageRequest;
import dev.sluice.gateway.proto.v2.AckMessageResponse;
import dev.sluice.gateway.proto.v2.AckMessageResultEntry;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.util.Arrays;
import java.util.List;

/** AckMessage: one result for each handle, in their order. */
final class Acks {

  /** The most handles in one request. */
  static final int MAX_ENTRIES = 1024;

  private final Callers callers;
  private final AckPath acks;

  Acks(Callers callers, AckPath acks) {
    this.callers = callers;
    this.acks = acks;
  }

  static AckMessageResponse refused(Status status) {
    return AckMessageResponse.newBuilder().setStatus(status).build();
  }

  void ack(AckMessageRequest request, Reply<AckMessageResponse> reply) {
    Call call = callers.current();
    String topic = ResourceNames.topic(request.getTopic());
    String group = ResourceNames.group(request.getGroup());
    call.mayConsume(group, topic);
    int count = request.getEntriesCount();
    if (count == 0 || count > MAX_ENTRIES) {
      throw new Refusal(
          Code.BAD_REQUEST, "entries: " + count + " (expected: 1 to " + MAX_ENTRIES + ")");
    }
    // The call itself was charged as one.
    call.caller().charge(count - 1);
    var results = new Results(call.lease(), topic, group, request.getEntriesList(), reply);
    for (int i = 0; i < count; i++) {
      results.acknowledge(i);
    }
  }

  /** Collects the results of one request; all of them come on the loop that serves the call. */
  private final class Results {
    private final UpstreamLease lease;
    private final String topic;
    private final String group;
    private final List<AckMessageEntry> entries;
    private final Reply<AckMessageResponse> reply;
    private final Status[] statuses;
    private int missing;

    Results(
        UpstreamLease lease,
        String topic,
        String group,
        List<AckMessageEntry> entries,
        Reply<AckMessageResponse> reply) {
      this.lease = lease;
      this.topic = topic;
      this.group = group;
      this.entries = entries;
      this.reply = reply;
      this.statuses = new Status[entries.size()];
      this.missing = entries.size();
    }

    void acknowledge(int index) {
      String handle = entries.get(index).getReceiptHandle();
      try {
        Handles.check(acks, handle, topic, group);
      } catch (Refusal | GatewayException refusal) {
        ended(index, Statuses.of(refusal));
        return;
      }
      acks.ack(
          lease,
          handle,
          new Completion<>() {
            @Override
            public void done(Void nothing) {
              ended(index, Statuses.OK);
            }

            @Override
            public void failed(GatewayException failure) {
              ended(index, Statuses.of(failure));
            }
          });
    }

    private void ended(int index, Status status) {
      statuses[index] = status;
      if (--missing > 0) {
        return;
      }
      var response =
          AckMessageResponse.newBuilder().setStatus(Statuses.together(Arrays.asList(statuses)));
      for (int i = 0; i < statuses.length; i++) {
        AckMessageEntry entry = entries.get(i);
        response.addEntries(
            AckMessageResultEntry.newBuilder()
                .setMessageId(entry.getMessageId())
                .setReceiptHandle(entry.getReceiptHandle())
                .setStatus(statuses[i]));
      }
      reply.send(response.build());
    }
  }
}
