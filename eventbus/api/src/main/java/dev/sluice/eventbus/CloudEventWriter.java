package dev.sluice.eventbus;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes an envelope as a CloudEvent. */
final class CloudEventWriter {

  private static final int ATTRIBUTES_BYTES = 512;

  private CloudEventWriter() {}

  static byte[] write(Envelope envelope, String source) {
    byte[] payload = envelope.payload();
    var out = new ByteArrayOutputStream(ATTRIBUTES_BYTES + payload.length / 3 * 4);
    try (JsonGenerator json = PayloadForms.READING.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("specversion", "1.0");
      json.writeStringField("id", envelope.eventId());
      json.writeStringField("source", source);
      json.writeStringField("type", envelope.eventType());
      json.writeStringField("subject", envelope.aggregateId());
      json.writeStringField("time", envelope.timestamp().toString());
      writeVersion(json, envelope.eventVersion());
      writeOptional(json, "traceid", envelope.traceId());
      writeOptional(json, "correlationid", envelope.correlationId());
      writeOptional(json, "tenantid", envelope.tenantId());
      writeOptional(json, "datacontenttype", envelope.contentType());
      writePayload(json, envelope);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Numbers of CloudEvents have 32 bits; what is beyond them is text. */
  private static void writeVersion(JsonGenerator json, long version) throws IOException {
    if (version <= Integer.MAX_VALUE) {
      json.writeNumberField("eventversion", version);
    } else {
      json.writeStringField("eventversion", Long.toString(version));
    }
  }

  private static void writeOptional(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value);
    }
  }

  private static void writePayload(JsonGenerator json, Envelope envelope) throws IOException {
    if (envelope.payload().length == 0) {
      return;
    }
    Optional<String> text =
        PayloadForms.saysJson(envelope.contentType())
            ? PayloadForms.asJson(envelope.payload())
            : Optional.empty();
    if (text.isPresent()) {
      json.writeFieldName("data");
      json.writeRawValue(text.get());
    } else {
      json.writeBinaryField("data_base64", envelope.payload());
    }
  }
}
