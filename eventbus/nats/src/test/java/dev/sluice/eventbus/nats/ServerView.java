package dev.sluice.eventbus.nats;

import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.KeyValue;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.KeyValueEntry;
import java.io.IOException;
import java.util.List;

/** What the server itself says, asked over a connection of its own each time. */
final class ServerView {
  private final NatsNames names;
  private final String url;

  ServerView(NatsNames names, String url) {
    this.names = names;
    this.url = url;
  }

  /** The first consumer of an epoch. */
  ConsumerInfo consumer(Part part, long epoch)
      throws IOException, JetStreamApiException, InterruptedException {
    return ask(
        management ->
            management.getConsumerInfo(names.stream(part.topic()), names.consumer(part, epoch, 0)));
  }

  /** Where everything is acknowledged up to, of the one consumer that the partition has. */
  long floor(Part part) throws IOException, JetStreamApiException, InterruptedException {
    List<ConsumerInfo> consumers = consumers(part.topic());
    return consumers.size() == 1 ? consumers.get(0).getAckFloor().getStreamSequence() : -1;
  }

  List<ConsumerInfo> consumers(String topic)
      throws IOException, JetStreamApiException, InterruptedException {
    return ask(management -> management.getConsumers(names.stream(topic)));
  }

  /** Takes all members out of the group's record, as one does that has not heard of them. */
  void forgetMembers() throws IOException, JetStreamApiException, InterruptedException {
    Connection connection = Nats.connect(url);
    try {
      KeyValue groups = connection.keyValue(names.bucket());
      // They may write it meanwhile.
      await()
          .ignoreExceptionsInstanceOf(JetStreamApiException.class)
          .until(
              () -> {
                KeyValueEntry entry = groups.get(names.groupKey());
                GroupDocument before = GroupDocument.parse(entry.getValue());
                GroupTurn turn = new GroupTurn(before, "nobody");
                before.members().keySet().forEach(turn::remove);
                groups.update(names.groupKey(), turn.after().bytes(), entry.getRevision());
                return true;
              });
    } finally {
      connection.close();
    }
  }

  private interface Question<T> {
    T ask(JetStreamManagement management) throws IOException, JetStreamApiException;
  }

  private <T> T ask(Question<T> question)
      throws IOException, JetStreamApiException, InterruptedException {
    Connection connection = Nats.connect(url);
    try {
      return question.ask(connection.jetStreamManagement());
    } finally {
      connection.close();
    }
  }
}
