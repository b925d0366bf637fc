package dev.sluice.endtoend;

import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Many callers of one gateway that each send one message after the other, with bodies that no other
 * has, until one of theirs is not stored.
 */
final class Senders {

  private final Set<String> stored = ConcurrentHashMap.newKeySet();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Begins: so many callers on each of the connections. */
  static Senders begin(List<Client> connections, int each, String topic) {
    var senders = new Senders();
    for (int connection = 0; connection < connections.size(); connection++) {
      Client client = connections.get(connection);
      String producer = client.producer(topic);
      for (int caller = 0; caller < each; caller++) {
        String name = connection + "." + caller + ".";
        senders.threads.add(Thread.ofVirtual().start(() -> senders.sendOn(client, producer, name)));
      }
    }
    return senders;
  }

  private void sendOn(Client client, String producer, String name) {
    for (int number = 0; send(client, producer, name + number); number++) {
      // The next one.
    }
  }

  private boolean send(Client client, String producer, String body) {
    try {
      SendMessageResponse sent =
          client
              .stub()
              .sendMessage(
                  SendMessageRequest.newBuilder()
                      .setProducerId(producer)
                      .setMessageBody(body)
                      .build());
      if (sent.getSuccess()) {
        return stored.add(body);
      }
      refusals.add(sent.getFailureCode() + ": " + sent.getMessage());
    } catch (StatusRuntimeException e) {
      refusals.add(e.getStatus().getCode() + ": " + e.getStatus().getDescription());
    }
    return false;
  }

  /** The bodies of those that were answered well, so far. */
  Set<String> stored() {
    return stored;
  }

  /** Waits for the end of all, each of which gives one refusal. */
  List<String> awaitRefusals(Duration timeout) throws InterruptedException {
    for (Thread thread : threads) {
      if (!thread.join(timeout)) {
        throw new AssertionError("a send was not answered within " + timeout);
      }
    }
    return List.copyOf(refusals);
  }
}
