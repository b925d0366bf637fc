package dev.sluice.rocketmq.client;

import java.util.Set;

/**
 * Puts topics and groups into a namespace, as the official clients do: {@code namespace%name}, and
 * {@code %RETRY%namespace%name} for the retry and dead letter topics of groups. The brokers' own
 * topics are in none. Immutable. For the other modules of this library.
 */
public final class Namespace {
  private static final String RETRY = "%RETRY%";
  private static final String DEAD_LETTERS = "%DLQ%";
  private static final String SYSTEM = "rmq_sys_";
  private static final Set<String> OF_BROKERS =
      Set.of(
          "TBW102",
          "SCHEDULE_TOPIC_XXXX",
          "BenchmarkTest",
          "RMQ_SYS_TRANS_HALF_TOPIC",
          "RMQ_SYS_TRACE_TOPIC",
          "RMQ_SYS_TRANS_OP_HALF_TOPIC",
          "TRANS_CHECK_MAX_TIME_TOPIC",
          "SELF_TEST_TOPIC",
          "OFFSET_MOVED_EVENT",
          "CID_RMQ_SYS_TRANS",
          "TOOLS_CONSUMER",
          "CLIENT_INNER_PRODUCER",
          "FILTERSRV_CONSUMER",
          "SELF_TEST_P_GROUP",
          "SELF_TEST_C_GROUP",
          "%RETRY%");

  private final String prefix;

  /** The namespace of this name; none for an empty one. */
  public Namespace(String name) {
    this.prefix = name.isEmpty() ? "" : name + '%';
  }

  /** Whether the brokers use the topic or group themselves. */
  public static boolean isOfBrokers(String name) {
    return OF_BROKERS.contains(name) || name.startsWith(SYSTEM) || name.startsWith("CID_RMQ_SYS_");
  }

  /** The topic or group as brokers know it; what is in the namespace already stays as it is. */
  public String wrap(String name) {
    if (prefix.isEmpty() || isOfBrokers(name)) {
      return name;
    }
    String kind = kind(name);
    String plain = name.substring(kind.length());
    return plain.startsWith(prefix) ? name : kind + prefix + plain;
  }

  /** The topic or group as the application knows it. */
  public String unwrap(String name) {
    if (prefix.isEmpty()) {
      return name;
    }
    String kind = kind(name);
    String plain = name.substring(kind.length());
    return plain.startsWith(prefix) ? kind + plain.substring(prefix.length()) : name;
  }

  private static String kind(String name) {
    return name.startsWith(RETRY) ? RETRY : name.startsWith(DEAD_LETTERS) ? DEAD_LETTERS : "";
  }
}
