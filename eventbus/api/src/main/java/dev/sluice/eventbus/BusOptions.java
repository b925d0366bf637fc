package dev.sluice.eventbus;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a bus is, over any broker.
 *
 * @param group whose members share the topics, 1 to 60 characters of {@code A-Z a-z 0-9 . _ -}
 * @param topics that may be subscribed to, declared up front so that a handler that is added later
 *     causes no rebalance; 1 to 60 characters each, of the same; may be none for a bus that only
 *     publishes or looks after dead letters, which joins no group
 * @param publishTimeout from the call to the end, waiting included; above zero, at most a day
 * @param maxPublishing messages being published at a time, 1 to 1,000,000; beyond it publishing
 *     fails as OVERLOADED
 * @param maxPublishingBytes the same in bytes, at least 64 KiB
 */
public record BusOptions(
    String group,
    List<String> topics,
    Duration publishTimeout,
    int maxPublishing,
    long maxPublishingBytes) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,59}");
  private static final String NAME_EXPECTED =
      "1 to 60 characters of A-Z a-z 0-9 . _ -, the first a letter or digit";
  private static final Duration DAY = Duration.ofDays(1);

  /** Checks the bounds. */
  public BusOptions {
    topics = List.copyOf(topics);
    Objects.requireNonNull(publishTimeout, "publishTimeout");
    checkName("group", group);
    for (String topic : topics) {
      checkName("topic", topic);
    }
    if (topics.stream().distinct().count() != topics.size()) {
      throw EventBusException.invalid("topics", topics, "each once");
    }
    if (!publishTimeout.isPositive() || publishTimeout.compareTo(DAY) > 0) {
      throw EventBusException.invalid("publishTimeout", publishTimeout, "> 0 and <= " + DAY);
    }
    if (maxPublishing < 1 || maxPublishing > 1_000_000) {
      throw EventBusException.invalid("maxPublishing", maxPublishing, "1 to 1000000");
    }
    if (maxPublishingBytes < 65_536) {
      throw EventBusException.invalid("maxPublishingBytes", maxPublishingBytes, ">= 65536");
    }
  }

  /** A group and its topics; 30 s to publish, 10,000 messages and 64 MiB being published. */
  public static BusOptions of(String group, String... topics) {
    return new BusOptions(group, List.of(topics), Duration.ofSeconds(30), 10_000, 64L << 20);
  }

  /** With so much time to publish. */
  public BusOptions publishTimeout(Duration time) {
    return new BusOptions(group, topics, time, maxPublishing, maxPublishingBytes);
  }

  /** With so much being published at a time. */
  public BusOptions publishing(int messages, long bytes) {
    return new BusOptions(group, topics, publishTimeout, messages, bytes);
  }

  /** The topic that the group's dead letters of a topic go to: {@code topic-group-dlq}. */
  public String deadLetterTopic(String topic) {
    return topic + '-' + group + "-dlq";
  }

  static String checkName(String what, String name) {
    Objects.requireNonNull(name, what);
    if (!NAME.matcher(name).matches()) {
      throw EventBusException.invalid(what, name, NAME_EXPECTED);
    }
    return name;
  }
}
