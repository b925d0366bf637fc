package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.SendPath;
import dev.sluice.gateway.core.TransactionPath.Transaction;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.SendMessageResponse;
import dev.sluice.gateway.proto.v2.SendResultEntry;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.Names;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * SendMessage: each message on the core's send path, or its path of transactions; one result for
 * each, in their order.
 */
final class Sends {

  /** The most messages in one request. */
  static final int MAX_MESSAGES = 1024;

  private final Callers callers;
  private final SendPath path;
  private final Transactions transactions;
  private final TopicKinds kinds;
  private final Clients clients;

  Sends(
      Callers callers,
      SendPath path,
      Transactions transactions,
      TopicKinds kinds,
      Clients clients) {
    this.callers = callers;
    this.path = path;
    this.transactions = transactions;
    this.kinds = kinds;
    this.clients = clients;
  }

  static SendMessageResponse refused(Status status) {
    return SendMessageResponse.newBuilder().setStatus(status).build();
  }

  void send(SendMessageRequest request, Reply<SendMessageResponse> reply) {
    Call call = callers.current();
    int count = request.getMessagesCount();
    if (count == 0 || count > MAX_MESSAGES) {
      throw new Refusal(
          Code.BAD_REQUEST, "messages: " + count + " (expected: 1 to " + MAX_MESSAGES + ")");
    }
    call.maySendTo(ResourceNames.topic(request.getMessages(0).getTopic()));
    // All are checked before the first is sent: a refused request has stored nothing.
    var messages = new Inbound[count];
    for (int i = 0; i < count; i++) {
      messages[i] = Inbound.message(request.getMessages(i));
      checkTopic(messages[i].outbound().topic(), messages[0].outbound().topic());
      if (count > 1) {
        path.check(call.lease(), messages[i].outbound());
      }
    }
    // The call itself was charged as one.
    call.caller().charge(count - 1);
    kinds.of(
        call.lease(),
        messages[0].outbound().topic(),
        taken ->
            reply.unlessRefused(
                () -> {
                  for (Inbound message : messages) {
                    checkKind(call, message, taken);
                  }
                  send(call, messages, new Results(count, reply));
                }));
    if (messages[0].kind() == MessageKind.TRANSACTION) {
      clients.publishes(call, request.getMessages(0).getTopic());
    }
  }

  private static void checkKind(Call call, Inbound message, Set<MessageKind> taken) {
    if (!taken.contains(message.kind())) {
      checkKnown(call, message);
    }
    if (!taken.contains(message.kind())) {
      throw new Refusal(
          Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE,
          "message "
              + Names.shown(String.valueOf(message.outbound().id()))
              + ": is "
              + message.kind()
              + " (expected: "
              + sorted(taken)
              + ", which topic "
              + message.outbound().topic()
              + " takes)");
    }
  }

  /** What the message system does not know at all is its fault, and not the topic's. */
  private static void checkKnown(Call call, Inbound message) {
    ActiveUpstream active = call.lease().current();
    if (active != null && !active.capabilities().messageKinds().contains(message.kind())) {
      throw new Refusal(
          Code.UNSUPPORTED,
          "message "
              + Names.shown(String.valueOf(message.outbound().id()))
              + ": is "
              + message.kind()
              + ", which "
              + active.capabilities().kind()
              + " does not have (expected: "
              + sorted(active.capabilities().messageKinds())
              + ")");
    }
  }

  private static String sorted(Set<MessageKind> kinds) {
    return kinds.stream().sorted().map(Enum::name).collect(Collectors.joining(" or "));
  }

  private void send(Call call, Inbound[] messages, Results results) {
    for (int i = 0; i < messages.length; i++) {
      if (messages[i].kind() == MessageKind.TRANSACTION) {
        transactions.begin(
            call, messages[i].outbound(), messages[i].checkAfter(), results.ofBegun(i));
      } else {
        path.send(call.lease(), messages[i].outbound(), results.of(i));
      }
    }
  }

  private static void checkTopic(String topic, String first) {
    if (!topic.equals(first)) {
      throw new Refusal(
          Code.ILLEGAL_TOPIC,
          "topic: "
              + topic
              + " (expected: "
              + first
              + ", one topic for all messages of a request)");
    }
  }

  /** Collects the results of one request; all of them come on the loop that serves the call. */
  private static final class Results {
    private final Reply<SendMessageResponse> reply;
    private final SendResultEntry[] entries;
    private int missing;

    Results(int count, Reply<SendMessageResponse> reply) {
      this.reply = reply;
      this.entries = new SendResultEntry[count];
      this.missing = count;
    }

    Completion<SendReceipt> of(int index) {
      return new Completion<>() {
        @Override
        public void done(SendReceipt receipt) {
          ended(
              index,
              SendResultEntry.newBuilder()
                  .setStatus(stored(receipt.moved()))
                  .setMessageId(receipt.messageId())
                  .setOffset(receipt.offset())
                  .setRecallHandle(Objects.requireNonNullElse(receipt.recallHandle(), ""))
                  .build());
        }

        @Override
        public void failed(GatewayException failure) {
          ended(index, SendResultEntry.newBuilder().setStatus(Statuses.of(failure)).build());
        }
      };
    }

    private static Status stored(SendReceipt.@Nullable Moved moved) {
      return moved == null ? Statuses.OK : Statuses.of(Code.OK, moved.why());
    }

    Completion<Transaction> ofBegun(int index) {
      return new Completion<>() {
        @Override
        public void done(Transaction begun) {
          ended(
              index,
              SendResultEntry.newBuilder()
                  .setStatus(Statuses.OK)
                  .setMessageId(begun.messageId())
                  .setTransactionId(begun.transactionId())
                  .build());
        }

        @Override
        public void failed(GatewayException failure) {
          ended(index, SendResultEntry.newBuilder().setStatus(Statuses.of(failure)).build());
        }
      };
    }

    private void ended(int index, SendResultEntry entry) {
      entries[index] = entry;
      if (--missing > 0) {
        return;
      }
      reply.send(
          entries.length == 1 && entry.getStatus().getCode() != Code.OK
              ? refused(entry.getStatus())
              : SendMessageResponse.newBuilder()
                  .setStatus(together())
                  .addAllEntries(Arrays.asList(entries))
                  .build());
    }

    private Status together() {
      return entries.length == 1
          ? entries[0].getStatus()
          : Statuses.together(Arrays.stream(entries).map(SendResultEntry::getStatus).toList());
    }
  }
}
