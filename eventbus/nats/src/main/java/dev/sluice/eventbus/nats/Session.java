package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.nats.Link.Settings;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.KeyValue;
import io.nats.client.KeyValueOptions;
import io.nats.client.MessageHandler;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from its making to its loss. The client's own reconnecting is off: it would write
 * later, unasked, what nobody waits for any more.
 */
final class Session {
  private final Settings settings;
  private final Connection connection;
  private final JetStreamOptions requests;
  private final JetStreamManagement management;
  private final Dispatcher answers;
  private final Dispatcher deliveries;
  private final String inbox;
  private final AtomicLong inboxes = new AtomicLong();
  private final CompletableFuture<Void> lost;
  private volatile @Nullable KeyValue groups;

  private Session(Settings settings, Connection connection, CompletableFuture<Void> lost)
      throws IOException {
    this.settings = settings;
    this.connection = connection;
    this.lost = lost;
    this.requests = JetStreamOptions.builder().requestTimeout(settings.requestTimeout()).build();
    this.management = connection.jetStreamManagement(requests);
    this.inbox = connection.createInbox();
    this.answers = connection.createDispatcher();
    this.deliveries = connection.createDispatcher();
  }

  /**
   * Connects to one server. Blocks, for about as long as a connection may take.
   *
   * @param errors is told of what the server says without being asked, by a thread of the client
   */
  static Session open(Settings settings, String server, ErrorListener errors)
      throws IOException, InterruptedException {
    CompletableFuture<Void> lost = new CompletableFuture<>();
    ConnectionListener listener =
        (connection, event) -> {
          switch (event) {
            case DISCONNECTED, CLOSED -> lost.complete(null);
            default -> {}
          }
        };
    Connection connection = Nats.connect(settings.client(server, listener, errors));
    try {
      return new Session(settings, connection, lost);
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Completes when the connection is lost or closed, on a thread of the client. */
  CompletableFuture<Void> lost() {
    return lost;
  }

  boolean isUp() {
    return !lost.isDone();
  }

  /** Where it is connected to, for a person. */
  String server() {
    return connection.getConnectedUrl() + ", server " + connection.getServerInfo().getVersion();
  }

  /** The longest message that the server takes, headers included, in bytes. */
  long maxPayload() {
    return connection.getMaxPayload();
  }

  /** Blocking questions about streams and consumers. */
  JetStreamManagement management() {
    return management;
  }

  /** The bucket of groups, made if it is not there. Blocks. */
  KeyValue groups() throws IOException, JetStreamApiException {
    KeyValue known = groups;
    if (known != null) {
      return known;
    }
    String bucket = settings.names().bucket();
    try {
      management.getStreamInfo("KV_" + bucket);
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() != NatsErrors.STREAM_NOT_FOUND) {
        throw e;
      }
      connection
          .keyValueManagement()
          .create(
              KeyValueConfiguration.builder(bucket)
                  .maxHistoryPerKey(1)
                  .storageType(StorageType.File)
                  .replicas(settings.options().replicas())
                  .build());
    }
    KeyValue made =
        connection.keyValue(bucket, KeyValueOptions.builder().jetStreamOptions(requests).build());
    groups = made;
    return made;
  }

  /** Has the bucket looked for again. */
  void forgetGroups() {
    groups = null;
  }

  /**
   * Hands a message to the client, which writes it soon. Does not block.
   *
   * @return whether the connection was there to take it
   */
  boolean publish(String subject, @Nullable String reply, @Nullable Headers headers, byte[] body) {
    try {
      connection.publish(subject, reply, headers, body);
      return true;
    } catch (IllegalStateException e) {
      return false; // closed meanwhile
    }
  }

  /** A new subject that only this session listens to, as long as somebody subscribes to it. */
  String newInbox() {
    return inbox + '.' + inboxes.incrementAndGet();
  }

  /** Subscribes to answers to what is published; null if the session is over. */
  @Nullable Subscription subscribeAnswers(String subject, MessageHandler handler) {
    return subscribe(answers, subject, handler);
  }

  /** Subscribes to messages of a partition; null if the session is over. */
  @Nullable Subscription subscribeDeliveries(String subject, MessageHandler handler) {
    return subscribe(deliveries, subject, handler);
  }

  /** Subscribes for one thread to read from. */
  Subscription subscribe(String subject) {
    return connection.subscribe(subject);
  }

  private static @Nullable Subscription subscribe(
      Dispatcher dispatcher, String subject, MessageHandler handler) {
    try {
      return dispatcher.subscribe(subject, handler);
    } catch (IllegalStateException e) {
      return null;
    }
  }

  /** Ends a subscription to answers or deliveries. */
  void unsubscribe(Subscription subscription) {
    Dispatcher dispatcher = subscription.getDispatcher();
    try {
      if (dispatcher != null) {
        dispatcher.unsubscribe(subscription);
      }
    } catch (IllegalStateException e) {
      // The session is over, and with it the subscription.
    }
  }

  /** Closes the connection. Blocks, for some seconds where the server does not read any more. */
  void close() {
    lost.complete(null);
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
