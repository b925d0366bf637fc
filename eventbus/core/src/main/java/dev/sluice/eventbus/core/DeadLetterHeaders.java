package dev.sluice.eventbus.core;

import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How a dead letter says in its headers what it is. The body, the key and the other headers are the
 * message's own.
 */
final class DeadLetterHeaders {

  private static final String PREFIX = "sluice-dead-letter-";
  private static final String TOPIC = PREFIX + "topic";
  private static final String PARTITION = PREFIX + "partition";
  private static final String OFFSET = PREFIX + "offset";
  private static final String TIMESTAMP = PREFIX + "timestamp";
  private static final String GROUP = PREFIX + "group";
  private static final String ATTEMPTS = PREFIX + "attempts";
  private static final String REASON = PREFIX + "reason";
  private static final String FAILED_AT = PREFIX + "failed-at";

  /** In a note: the position of the dead letter that was replayed. */
  private static final String REPLAYED = PREFIX + "replayed";

  /** In a message that was replayed: how often. */
  static final String REPLAYS = OutboundMessage.OWN_HEADERS + "replays";

  private static final int LONGEST_REASON = 1024;

  private DeadLetterHeaders() {}

  static OutboundMessage write(
      InboundMessage message, String group, int attempts, Throwable last, Instant now) {
    Map<String, String> headers = withoutOwn(message.headers());
    headers.put(TOPIC, message.topic());
    headers.put(PARTITION, message.partition());
    headers.put(OFFSET, Long.toString(message.offset()));
    headers.put(TIMESTAMP, message.timestamp().toString());
    headers.put(GROUP, group);
    headers.put(ATTEMPTS, Integer.toString(attempts));
    headers.put(REASON, reason(last));
    headers.put(FAILED_AT, now.toString());
    return new OutboundMessage(message.key(), message.body(), headers);
  }

  /**
   * Reads what is in a dead-letter topic. What somebody else put there has no headers of ours, and
   * is shown for what it is, rather than hidden; no header makes it one of another topic, which its
   * replay would go to.
   */
  static DeadLetter read(InboundMessage stored, String topic) {
    Map<String, String> headers = stored.headers();
    var message =
        new InboundMessage(
            topic,
            headers.getOrDefault(PARTITION, ""),
            number(headers, OFFSET, -1),
            stored.key(),
            stored.body(),
            withoutOwn(headers),
            time(headers, TIMESTAMP, stored.timestamp()),
            (int) Math.max(1, number(headers, ATTEMPTS, 1)));
    return new DeadLetter(
        message,
        stored.position(),
        headers.getOrDefault(GROUP, ""),
        (int) number(headers, ATTEMPTS, 0),
        headers.getOrDefault(REASON, ""),
        time(headers, FAILED_AT, stored.timestamp()),
        (int) number(headers, REPLAYS, 0));
  }

  /** The message of a dead letter, to be published again. */
  static OutboundMessage replay(DeadLetter letter) {
    Map<String, String> headers = withoutOwn(letter.message().headers());
    headers.put(REPLAYS, Integer.toString(letter.replays() + 1));
    return new OutboundMessage(letter.message().key(), letter.message().body(), headers);
  }

  /** The note that a dead letter was replayed. Has a body, since not every broker takes none. */
  static OutboundMessage note(DeadLetter letter) {
    return new OutboundMessage(
        letter.message().key(),
        letter.position().getBytes(StandardCharsets.UTF_8),
        Map.of(REPLAYED, letter.position()));
  }

  static boolean isNote(InboundMessage stored) {
    return stored.headers().containsKey(REPLAYED);
  }

  /** The position that a note is about. */
  static String noted(InboundMessage note) {
    return note.headers().getOrDefault(REPLAYED, "");
  }

  private static Map<String, String> withoutOwn(Map<String, String> headers) {
    var kept = new HashMap<>(headers);
    kept.keySet().removeIf(name -> name.startsWith(PREFIX));
    return kept;
  }

  private static String reason(Throwable last) {
    String text = String.valueOf(last);
    var plain = new StringBuilder(Math.min(text.length(), LONGEST_REASON));
    for (int i = 0; i < text.length() && plain.length() < LONGEST_REASON; i++) {
      char c = text.charAt(i);
      plain.append(Character.isISOControl(c) || Character.isSurrogate(c) ? ' ' : c);
    }
    return plain.toString();
  }

  private static long number(Map<String, String> headers, String name, long otherwise) {
    try {
      return Long.parseLong(headers.getOrDefault(name, ""));
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Instant time(Map<String, String> headers, String name, Instant otherwise) {
    try {
      String text = headers.get(name);
      return text == null ? otherwise : Instant.parse(text);
    } catch (DateTimeException e) {
      return otherwise;
    }
  }
}
