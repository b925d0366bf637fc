package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Texts;
import dev.sluice.rocketmq.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What takes a delayed message back, as the answer to its send has it in {@link
 * SendReply#recallHandle}. It describes itself, so that any process can use it.
 *
 * @param topic the message's topic
 * @param brokerName the broker that keeps the message until it is due
 * @param dueAt when that is, in milliseconds since the epoch
 * @param messageId the message's unique id
 */
public record RecallHandle(String topic, String brokerName, long dueAt, String messageId) {
  private static final String VERSION = "v1";
  private static final int FIELDS = 5;

  /**
   * The handle that a text stands for.
   *
   * @throws WireException where it stands for none
   */
  public static RecallHandle parse(String text) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      String[] fields = plain.split(" ", -1);
      if (fields.length == FIELDS && fields[0].equals(VERSION)) {
        return new RecallHandle(fields[1], fields[2], Long.parseLong(fields[3]), fields[4]);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw WireException.invalid(
        "recall handle: " + Texts.quote(text) + " (expected: one that a broker gave)");
  }
}
