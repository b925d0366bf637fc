package dev.sluice.eventbus;

/**
 * Envelopes as CloudEvents 1.0 in structured mode, JSON in UTF-8. The mapping, attribute by
 * attribute, is in {@code docs/event-bus.md}.
 *
 * <p>What is written can be read by whoever reads CloudEvents, and is read back equal. What others
 * wrote can be read if it has what an envelope needs: a UUID as id, a subject, a time, and the
 * extension {@code eventversion}. Extensions that are not known are passed over.
 */
public final class CloudEvents {

  /** The media type of what is written. */
  public static final String MEDIA_TYPE = "application/cloudevents+json";

  /** The header that messages with envelopes have, with {@link #MEDIA_TYPE}. */
  public static final String CONTENT_TYPE_HEADER = "content-type";

  private CloudEvents() {}

  /**
   * Writes an envelope.
   *
   * @param source who publishes it: a URI reference, 1 to 256 characters
   */
  public static byte[] write(Envelope envelope, String source) {
    Fields.checkText("source", source, 1, 256);
    return CloudEventWriter.write(envelope, source);
  }

  /**
   * Reads an envelope.
   *
   * @throws EventBusException INVALID_ARGUMENT if it is none, naming the attribute or field that is
   *     at fault
   */
  public static Envelope read(byte[] event) {
    return CloudEventReader.read(event);
  }
}
