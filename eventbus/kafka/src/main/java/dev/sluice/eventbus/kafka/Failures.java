package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What Kafka's failures mean to who uses a bus. */
final class Failures {

  private record Meaning(Class<? extends Throwable> failure, Category category) {}

  /** The first that fits holds; Kafka has refusals of authentication among bad configurations. */
  private static final List<Meaning> MEANINGS =
      List.of(
          new Meaning(AuthenticationException.class, Category.UNAUTHENTICATED),
          new Meaning(AuthorizationException.class, Category.UNAUTHENTICATED),
          new Meaning(UnknownTopicOrPartitionException.class, Category.NOT_FOUND),
          new Meaning(RecordTooLargeException.class, Category.INVALID_ARGUMENT),
          new Meaning(RecordBatchTooLargeException.class, Category.INVALID_ARGUMENT),
          new Meaning(InvalidRecordException.class, Category.INVALID_ARGUMENT),
          new Meaning(InvalidTopicException.class, Category.INVALID_ARGUMENT),
          new Meaning(InvalidConfigurationException.class, Category.INVALID_ARGUMENT),
          new Meaning(InvalidReplicationFactorException.class, Category.INVALID_ARGUMENT),
          new Meaning(PolicyViolationException.class, Category.INVALID_ARGUMENT),
          new Meaning(ConfigException.class, Category.INVALID_ARGUMENT),
          new Meaning(BufferExhaustedException.class, Category.OVERLOADED),
          new Meaning(NotEnoughReplicasException.class, Category.UNAVAILABLE),
          new Meaning(CorruptRecordException.class, Category.INTERNAL));

  private Failures() {}

  /** Of a record that was never handed to a broker. */
  static EventBusException unsent(String topic, Throwable failure) {
    return of(topic, failure, Category.UNAVAILABLE);
  }

  /**
   * Of a record that was handed over, or may have been. Without a refusal in so many words the
   * broker may have it: the client gives up on what it wrote as on what it did not, with the same
   * error.
   */
  static EventBusException sent(String topic, Throwable failure) {
    return of(topic, failure, Category.UNKNOWN_OUTCOME);
  }

  /** Of a question that changes nothing. */
  static EventBusException asked(String topic, Throwable failure) {
    Throwable cause = cause(failure);
    return of(
        topic, cause, cause instanceof TimeoutException ? Category.TIMEOUT : Category.INTERNAL);
  }

  private static EventBusException of(String topic, Throwable failure, Category otherwise) {
    Throwable cause = cause(failure);
    if (cause instanceof EventBusException known) {
      return known;
    }
    Category category =
        MEANINGS.stream()
            .filter(each -> each.failure().isInstance(cause))
            .map(Meaning::category)
            .findFirst()
            .orElse(otherwise);
    return EventBusException.of(category, "topic " + topic + ": " + describe(cause), cause);
  }

  /** A topic that does not exist. */
  static EventBusException noTopic(String topic) {
    return EventBusException.of(
        Category.NOT_FOUND,
        "topic: " + topic + " (expected: one that exists; see KafkaOptions.newTopics)");
  }

  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  static String describe(Throwable failure) {
    Throwable cause = cause(failure);
    String text = cause.getClass().getSimpleName();
    return cause.getMessage() == null ? text : text + ": " + cause.getMessage();
  }
}
