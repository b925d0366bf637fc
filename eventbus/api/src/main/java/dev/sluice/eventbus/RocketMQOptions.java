package dev.sluice.eventbus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a bus uses RocketMQ, 4.9 or 5.x. Needs {@code sluice-eventbus-rocketmq} on the class path.
 *
 * <p>RocketMQ's names have no dots: a group or topic with one is refused. A group begins with the
 * oldest message that a queue has.
 *
 * @param bus what it is, over any broker
 * @param nameServers {@code host:port}, separated by semicolons
 * @param credentials that requests are signed with; null where nothing is signed
 * @param tls how connections are secured; null for none
 * @param namespace that topics and groups are in, for brokers; empty for none
 * @param pollWait for how long a broker keeps a request for messages of a queue that has none new;
 *     100 ms to 30 s
 * @param commitInterval how often it is committed how far the group is; 10 ms to an hour. After a
 *     crash what was handled since comes again.
 * @param sendTimeout of one attempt to send; 10 ms to an hour
 * @param newTopicQueues how many queues declared and dead-letter topics are made with that do not
 *     exist, 1 to 1024; 0 where they are not made by the bus
 */
public record RocketMQOptions(
    BusOptions bus,
    String nameServers,
    @Nullable Credentials credentials,
    @Nullable Tls tls,
    String namespace,
    Duration pollWait,
    Duration commitInterval,
    Duration sendTimeout,
    int newTopicQueues)
    implements TransportOptions {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
  private static final String NAME_EXPECTED = "letters, digits, _ and -, as RocketMQ has no dots";

  /**
   * Who the bus is to brokers. Printed without its secrets.
   *
   * @param accessKey the account
   * @param secretKey what requests are signed with
   * @param securityToken sent along; null for none
   */
  public record Credentials(String accessKey, String secretKey, @Nullable String securityToken) {

    /** Checks that nothing is empty. */
    public Credentials {
      if (accessKey.isEmpty()) {
        throw EventBusException.invalid("accessKey", "''", "at least 1 character");
      }
      if (secretKey.isEmpty()) {
        throw EventBusException.invalid("secretKey", "''", "at least 1 character");
      }
    }

    /** Without the secrets. */
    @Override
    public String toString() {
      return "Credentials[" + accessKey + ']';
    }
  }

  /**
   * TLS; servers always prove who they are. The files are PEM.
   *
   * @param authorities who may have signed the servers' certificates; null for those of the JDK
   * @param certificate of its own, with those that it was signed by; null for none
   * @param key of that certificate; null without one
   * @param checkHostName whether certificates must be made out to the host that is connected to
   */
  public record Tls(
      @Nullable Path authorities,
      @Nullable Path certificate,
      @Nullable Path key,
      boolean checkHostName) {

    /** Checks that a certificate has its key. */
    public Tls {
      if ((certificate == null) != (key == null)) {
        throw EventBusException.invalid("key", String.valueOf(key), "given with its certificate");
      }
    }
  }

  /** Checks the bounds. */
  public RocketMQOptions {
    Objects.requireNonNull(bus, "bus");
    Objects.requireNonNull(namespace, "namespace");
    if (nameServers.isBlank()) {
      throw EventBusException.invalid(
          "nameServers", "'" + nameServers + "'", "host:port, separated by semicolons");
    }
    checkName("group", bus.group());
    bus.topics().forEach(topic -> checkName("topic", topic));
    if (!namespace.isEmpty()) {
      checkName("namespace", namespace);
    }
    checkTime("pollWait", pollWait, Duration.ofMillis(100), Duration.ofSeconds(30));
    checkTime("commitInterval", commitInterval, Duration.ofMillis(10), Duration.ofHours(1));
    checkTime("sendTimeout", sendTimeout, Duration.ofMillis(10), Duration.ofHours(1));
    if (newTopicQueues < 0 || newTopicQueues > 1024) {
      throw EventBusException.invalid("newTopicQueues", newTopicQueues, "0 to 1024");
    }
  }

  /** These name servers; nothing signed or secured, and topics that exist. */
  public static RocketMQOptions of(BusOptions bus, String nameServers) {
    return new RocketMQOptions(
        bus,
        nameServers,
        null,
        null,
        "",
        Duration.ofSeconds(15),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        0);
  }

  /** With requests signed. */
  public RocketMQOptions credentials(String accessKey, String secretKey) {
    return new RocketMQOptions(
        bus,
        nameServers,
        new Credentials(accessKey, secretKey, null),
        tls,
        namespace,
        pollWait,
        commitInterval,
        sendTimeout,
        newTopicQueues);
  }

  /** With connections secured. */
  public RocketMQOptions tls(Tls how) {
    return new RocketMQOptions(
        bus,
        nameServers,
        credentials,
        how,
        namespace,
        pollWait,
        commitInterval,
        sendTimeout,
        newTopicQueues);
  }

  /** In a namespace. */
  public RocketMQOptions namespace(String name) {
    return new RocketMQOptions(
        bus,
        nameServers,
        credentials,
        tls,
        name,
        pollWait,
        commitInterval,
        sendTimeout,
        newTopicQueues);
  }

  /** With these times: a broker's wait for messages, between commits, of an attempt to send. */
  public RocketMQOptions times(Duration poll, Duration commit, Duration send) {
    return new RocketMQOptions(
        bus, nameServers, credentials, tls, namespace, poll, commit, send, newTopicQueues);
  }

  /** With topics made that do not exist, of so many queues. */
  public RocketMQOptions newTopicQueues(int queues) {
    return new RocketMQOptions(
        bus,
        nameServers,
        credentials,
        tls,
        namespace,
        pollWait,
        commitInterval,
        sendTimeout,
        queues);
  }

  @Override
  public String artifact() {
    return "sluice-eventbus-rocketmq";
  }

  private static void checkName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw EventBusException.invalid(what, name, NAME_EXPECTED);
    }
  }

  private static void checkTime(String name, Duration time, Duration least, Duration longest) {
    Objects.requireNonNull(time, name);
    if (time.compareTo(least) < 0 || time.compareTo(longest) > 0) {
      throw EventBusException.invalid(name, time, least + " to " + longest);
    }
  }
}
