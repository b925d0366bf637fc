package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;

/**
 * A delivery's handle: which delivery of which membership, and where its message lies. Only the
 * membership that it names acknowledges by it; anybody can read the message again.
 *
 * @param token of the membership that gave it out
 * @param number of the delivery; a new one each time that it is changed
 * @param retried whether the message lies in the group's retry topic
 * @param queueId the queue
 * @param offset the position there
 * @param broker the name of the broker; not empty
 */
public record ClassicHandle(
    String token, long number, boolean retried, int queueId, long offset, String broker) {

  private static final String FORM = "4";
  private static final int PARTS = 7;

  /**
   * Reads a handle.
   *
   * @throws GatewayException INVALID_ARGUMENT about HANDLE for what is none
   */
  public static ClassicHandle parse(String text) {
    String[] parts = text.split(" ", PARTS);
    if (parts.length != PARTS
        || !parts[0].equals(FORM)
        || parts[6].isEmpty()
        || !(parts[3].equals("r") || parts[3].equals("t"))) {
      throw malformed();
    }
    try {
      int queueId = Integer.parseInt(parts[4]);
      long offset = Long.parseLong(parts[5]);
      if (queueId < 0 || offset < 0) {
        throw malformed();
      }
      return new ClassicHandle(
          parts[1], Long.parseLong(parts[2]), parts[3].equals("r"), queueId, offset, parts[6]);
    } catch (NumberFormatException e) {
      throw malformed();
    }
  }

  /** What is not told, as it may be anything. */
  private static GatewayException malformed() {
    return GatewayException.invalid(
        Subject.HANDLE, "handle: is none (expected: one that came with a delivery)");
  }

  /** The handle as text. */
  public String encode() {
    return FORM
        + ' '
        + token
        + ' '
        + number
        + ' '
        + (retried ? 'r' : 't')
        + ' '
        + queueId
        + ' '
        + offset
        + ' '
        + broker;
  }

  /** The topic that the message lies in. */
  public String storedTopic(String topic, String group) {
    return retried ? retryTopic(group) : topic;
  }

  /** The topic that brings a group's messages again. */
  public static String retryTopic(String group) {
    return "%RETRY%" + group;
  }
}
