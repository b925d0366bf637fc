package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group's configuration on one broker.
 *
 * @param group the group
 * @param ordered whether its messages are consumed in order
 * @param maxRetries how often a message is delivered again before it is dead
 * @param retries how long a message waits before it is delivered again
 * @param lite what it has to do with lite topics; null for most, which have nothing
 * @param access what its members may do
 */
public record GroupConfig(
    String group,
    boolean ordered,
    int maxRetries,
    Retries retries,
    @Nullable Lite lite,
    Access access) {
  private static final int USUAL_RETRIES = 16;
  private static final int MOST_STEPS = 1024;

  /**
   * A group that consumes lite topics of one topic.
   *
   * @param topic the topic
   * @param quota how many of them each client may subscribe to
   */
  public record Lite(String topic, int quota) {
    private static final String TOPIC = "lite.bind.topic";
    private static final String QUOTA = "lite.sub.client.quota";
    private static final int USUAL_QUOTA = 2000;
  }

  /**
   * What the members of a group may do.
   *
   * @param consume whether anything at all
   * @param broadcast whether each may consume all messages
   * @param fromStart whether the group may begin with messages that were there before it
   * @param retryQueues how many queues its retry topic has
   */
  public record Access(boolean consume, boolean broadcast, boolean fromStart, int retryQueues) {
    /** All of it, and one queue. */
    public static final Access USUAL = new Access(true, true, true, 1);
  }

  /** A group whose members may do everything. */
  public GroupConfig(
      String group, boolean ordered, int maxRetries, Retries retries, @Nullable Lite lite) {
    this(group, ordered, maxRetries, retries, lite, Access.USUAL);
  }

  /** A group that has nothing to do with lite topics. */
  public GroupConfig(String group, boolean ordered, int maxRetries, Retries retries) {
    this(group, ordered, maxRetries, retries, null);
  }

  /** How long a message waits before it is delivered again; all times are milliseconds. */
  public sealed interface Retries {

    /** What a broker does that is not told otherwise: its delay levels, 1 s to 2 h. */
    Retries USUAL =
        new Steps(
            List.of(
                1_000L,
                5_000L,
                10_000L,
                30_000L,
                60_000L,
                120_000L,
                180_000L,
                240_000L,
                300_000L,
                360_000L,
                420_000L,
                480_000L,
                540_000L,
                600_000L,
                1_200_000L,
                1_800_000L,
                3_600_000L,
                7_200_000L));

    /** One wait for each time, the last one for all later times; one or more. */
    record Steps(List<Long> millis) implements Retries {
      /** Keeps the steps from changing. */
      public Steps {
        millis = List.copyOf(millis);
      }
    }

    /** A wait that grows by the same factor each time. */
    record Growing(long initialMillis, long maxMillis, long factor) implements Retries {
      /** What a broker does that is only told to let waits grow. */
      static final Growing USUAL = new Growing(5_000, 7_200_000, 2);
    }
  }

  static GroupConfig parse(ByteBuffer body) {
    return LenientJson.object("group configuration", body, GroupConfig::read);
  }

  /** The one whose object the parser has begun. */
  static GroupConfig read(JsonParser in) throws IOException {
    String group = null;
    boolean ordered = false;
    int maxRetries = USUAL_RETRIES;
    Retries retries = Retries.USUAL;
    Lite lite = null;
    boolean consume = true;
    boolean broadcast = true;
    boolean fromStart = true;
    int retryQueues = 1;
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "groupName" -> group = LenientJson.text(name, in);
        case "consumeMessageOrderly" -> ordered = LenientJson.truth(name, in);
        case "retryMaxTimes" -> maxRetries = LenientJson.integer(name, in, USUAL_RETRIES);
        case "groupRetryPolicy" -> retries = retries(name, in);
        case "attributes" -> lite = lite(name, in);
        case "consumeEnable" -> consume = LenientJson.truth(name, in);
        case "consumeBroadcastEnable" -> broadcast = LenientJson.truth(name, in);
        case "consumeFromMinEnable" -> fromStart = LenientJson.truth(name, in);
        case "retryQueueNums" -> retryQueues = LenientJson.integer(name, in, 1);
        default -> in.skipChildren();
      }
    }
    return new GroupConfig(
        LenientJson.present("groupName", group),
        ordered,
        maxRetries,
        retries,
        lite,
        new Access(consume, broadcast, fromStart, retryQueues));
  }

  private static @Nullable Lite lite(String attributes, JsonParser in) throws IOException {
    if (!LenientJson.starts(JsonToken.START_OBJECT, attributes, in)) {
      return null;
    }
    String topic = "";
    int quota = Lite.USUAL_QUOTA;
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case Lite.TOPIC -> topic = LenientJson.textOr(name, in, "");
        case Lite.QUOTA ->
            quota = Math.clamp(LenientJson.number(name, in, quota), 0, Integer.MAX_VALUE);
        default -> in.skipChildren();
      }
    }
    return topic.isEmpty() ? null : new Lite(topic, quota);
  }

  /** Both kinds may be there; the type says which one counts. */
  private static Retries retries(String policy, JsonParser in) throws IOException {
    if (!LenientJson.starts(JsonToken.START_OBJECT, policy, in)) {
      return Retries.USUAL;
    }
    boolean growing = false;
    Retries steps = Retries.USUAL;
    Retries growth = Retries.Growing.USUAL;
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "type" -> growing = "EXPONENTIAL".equals(LenientJson.text(name, in));
        case "customizedRetryPolicy" -> steps = steps(name, in);
        case "exponentialRetryPolicy" -> growth = growth(name, in);
        default -> in.skipChildren();
      }
    }
    return growing ? growth : steps;
  }

  private static Retries steps(String policy, JsonParser in) throws IOException {
    List<String> texts = new ArrayList<>();
    if (LenientJson.starts(JsonToken.START_OBJECT, policy, in)) {
      for (String name = LenientJson.nextMember(in);
          name != null;
          name = LenientJson.nextMember(in)) {
        if (name.equals("next")) {
          LenientJson.texts(name, in, texts);
        } else {
          in.skipChildren();
        }
      }
    }
    if (texts.isEmpty()) {
      return Retries.USUAL;
    }
    if (texts.size() > MOST_STEPS) {
      throw WireException.limit(
          policy + ": " + texts.size() + " steps (expected: at most " + MOST_STEPS + ")");
    }
    List<Long> millis = new ArrayList<>(texts.size());
    for (String text : texts) {
      millis.add(LenientJson.parse("next", text));
    }
    return new Retries.Steps(millis);
  }

  private static Retries growth(String policy, JsonParser in) throws IOException {
    Retries.Growing usual = Retries.Growing.USUAL;
    if (!LenientJson.starts(JsonToken.START_OBJECT, policy, in)) {
      return usual;
    }
    long initial = usual.initialMillis();
    long max = usual.maxMillis();
    long factor = usual.factor();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "initial" -> initial = LenientJson.number(name, in, initial);
        case "max" -> max = LenientJson.number(name, in, max);
        case "multiplier" -> factor = LenientJson.number(name, in, factor);
        default -> in.skipChildren();
      }
    }
    return new Retries.Growing(initial, max, factor);
  }
}
