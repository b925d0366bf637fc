package dev.sluice.eventbus;

import dev.sluice.lifecycle.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An event of an aggregate. Equal to another one by content, the payload's included.
 *
 * <p>On the way it is a CloudEvent in JSON, see {@link CloudEvents}. Whatever is out of bounds is
 * refused when one is made, and so on both sides: INVALID_ARGUMENT, naming the field.
 *
 * @param eventId a UUID, of version 7 where this library makes it
 * @param aggregateId 1 to 256 characters of {@code A-Z a-z 0-9 : _ - . /}; the key of its order
 * @param eventType what happened, 1 to 256 characters
 * @param eventVersion of the aggregate or of the event's form, above 0
 * @param timestamp when it happened, in the years 1 to 9999
 * @param traceId of the trace that it belongs to, 1 to 256 characters
 * @param correlationId of what it answers or belongs to, 1 to 256 characters
 * @param tenantId whose it is, 1 to 256 characters
 * @param contentType of the payload, such as {@code application/json}; null where that is not said
 * @param payload of any content, at most 8 MiB; not copied, must not change
 */
@SuppressWarnings("ArrayRecordComponent") // Payloads are not copied, and equal by content here.
public record Envelope(
    String eventId,
    String aggregateId,
    String eventType,
    long eventVersion,
    Instant timestamp,
    @Nullable String traceId,
    @Nullable String correlationId,
    @Nullable String tenantId,
    @Nullable String contentType,
    byte[] payload) {

  /** The longest payload, in bytes. */
  public static final int MAX_PAYLOAD_BYTES = 8 << 20;

  private static final int LONGEST_TEXT = 256;
  private static final Pattern UUID_FORM =
      Pattern.compile(
          "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");
  private static final Pattern CONTENT_TYPE =
      Pattern.compile("[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+[ -~]{0,128}");
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");
  private static final TimeOrderedIds IDS = new TimeOrderedIds(Clock.system());

  /** Checks the bounds. */
  public Envelope {
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(timestamp, "timestamp");
    Objects.requireNonNull(payload, "payload");
    if (!UUID_FORM.matcher(eventId).matches()) {
      throw EventBusException.invalid("eventId", eventId, "a UUID");
    }
    Fields.checkKey("aggregateId", aggregateId);
    Fields.checkText("eventType", eventType, 1, LONGEST_TEXT);
    if (eventVersion < 1) {
      throw EventBusException.invalid("eventVersion", eventVersion, ">= 1");
    }
    if (timestamp.isBefore(EARLIEST) || timestamp.isAfter(LATEST)) {
      throw EventBusException.invalid("timestamp", timestamp, EARLIEST + " to " + LATEST);
    }
    Fields.checkOptionalText("traceId", traceId, LONGEST_TEXT);
    Fields.checkOptionalText("correlationId", correlationId, LONGEST_TEXT);
    Fields.checkOptionalText("tenantId", tenantId, LONGEST_TEXT);
    if (contentType != null && !CONTENT_TYPE.matcher(contentType).matches()) {
      throw EventBusException.invalid("contentType", contentType, "a media type, in ASCII");
    }
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw EventBusException.invalid(
          "payload", payload.length + " bytes", "at most " + MAX_PAYLOAD_BYTES);
    }
  }

  /** An event of now, with an id of its own and a payload of which nothing is said. */
  public static Envelope of(String aggregateId, String eventType, long version, byte[] payload) {
    return new Envelope(
        IDS.next().toString(),
        aggregateId,
        eventType,
        version,
        Instant.now(),
        null,
        null,
        null,
        null,
        payload);
  }

  /** The same with a payload that is JSON, in UTF-8. */
  public static Envelope json(String aggregateId, String eventType, long version, byte[] payload) {
    return of(aggregateId, eventType, version, payload).contentType("application/json");
  }

  /** With this id, for an event that has one. */
  public Envelope eventId(String id) {
    return new Envelope(
        id,
        aggregateId,
        eventType,
        eventVersion,
        timestamp,
        traceId,
        correlationId,
        tenantId,
        contentType,
        payload);
  }

  /** With this time. */
  public Envelope timestamp(Instant time) {
    return new Envelope(
        eventId,
        aggregateId,
        eventType,
        eventVersion,
        time,
        traceId,
        correlationId,
        tenantId,
        contentType,
        payload);
  }

  /** In this trace. */
  public Envelope traceId(@Nullable String id) {
    return new Envelope(
        eventId,
        aggregateId,
        eventType,
        eventVersion,
        timestamp,
        id,
        correlationId,
        tenantId,
        contentType,
        payload);
  }

  /** Belonging to this. */
  public Envelope correlationId(@Nullable String id) {
    return new Envelope(
        eventId,
        aggregateId,
        eventType,
        eventVersion,
        timestamp,
        traceId,
        id,
        tenantId,
        contentType,
        payload);
  }

  /** Of this tenant. */
  public Envelope tenantId(@Nullable String id) {
    return new Envelope(
        eventId,
        aggregateId,
        eventType,
        eventVersion,
        timestamp,
        traceId,
        correlationId,
        id,
        contentType,
        payload);
  }

  /** With a payload of this type. */
  public Envelope contentType(@Nullable String type) {
    return new Envelope(
        eventId,
        aggregateId,
        eventType,
        eventVersion,
        timestamp,
        traceId,
        correlationId,
        tenantId,
        type,
        payload);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Envelope that
        && eventId.equals(that.eventId)
        && aggregateId.equals(that.aggregateId)
        && eventType.equals(that.eventType)
        && eventVersion == that.eventVersion
        && timestamp.equals(that.timestamp)
        && Objects.equals(traceId, that.traceId)
        && Objects.equals(correlationId, that.correlationId)
        && Objects.equals(tenantId, that.tenantId)
        && Objects.equals(contentType, that.contentType)
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return Objects.hash(eventId, aggregateId, eventVersion, Arrays.hashCode(payload));
  }

  /** Without the payload, which may be long and is not for logs. */
  @Override
  public String toString() {
    return eventType
        + " of "
        + aggregateId
        + " (version "
        + eventVersion
        + ", id "
        + eventId
        + ", "
        + payload.length
        + " bytes)";
  }
}
