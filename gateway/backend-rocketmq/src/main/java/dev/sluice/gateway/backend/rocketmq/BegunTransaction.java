package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.rocketmq.requests.HalfMessage;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A transaction, all of which fits into one text, so that any process can end it.
 *
 * @param half its half message
 * @param beganAt when, in milliseconds since the epoch, by the clock of whoever began it
 */
record BegunTransaction(HalfMessage half, long beganAt) {
  private static final int FIELDS = 7;

  /** Its fields, URL-encoded, between spaces. */
  String handle() {
    return Stream.of(
            half.brokerName(),
            half.topic(),
            half.producerGroup(),
            half.messageId(),
            Long.toString(half.queueOffset()),
            Long.toString(half.commitLogOffset()),
            Long.toString(beganAt))
        .map(field -> URLEncoder.encode(field, StandardCharsets.UTF_8))
        .collect(Collectors.joining(" "));
  }

  /**
   * The transaction that a text stands for.
   *
   * @throws GatewayException INVALID_ARGUMENT about the transaction where it stands for none
   */
  static BegunTransaction parse(String handle) {
    List<String> fields = List.of(handle.split(" ", -1));
    if (fields.size() != FIELDS) {
      throw malformed(fields.size() + " fields", null);
    }
    try {
      HalfMessage half =
          new HalfMessage(
              text(fields.get(0)),
              text(fields.get(1)),
              text(fields.get(2)),
              text(fields.get(3)),
              Long.parseLong(fields.get(4)),
              Long.parseLong(fields.get(5)));
      return new BegunTransaction(half, Long.parseLong(fields.get(6)));
    } catch (IllegalArgumentException e) {
      throw malformed("a field that is not what it should be", e);
    }
  }

  private static String text(String field) {
    return URLDecoder.decode(field, StandardCharsets.UTF_8);
  }

  private static GatewayException malformed(String found, @Nullable Throwable cause) {
    return new GatewayException(
        ErrorCategory.INVALID_ARGUMENT,
        Subject.TRANSACTION,
        "transaction: " + found + " (expected: " + FIELDS + " fields between spaces)",
        cause);
  }
}
