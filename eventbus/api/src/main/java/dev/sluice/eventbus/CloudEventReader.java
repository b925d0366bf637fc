package dev.sluice.eventbus;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one CloudEvent; of data that is JSON, the very bytes. */
final class CloudEventReader {

  private static final Set<String> TEXTS =
      Set.of(
          "specversion",
          "id",
          "source",
          "type",
          "subject",
          "time",
          "traceid",
          "correlationid",
          "tenantid",
          "datacontenttype",
          "data_base64");

  private final byte[] event;
  private final Map<String, String> texts = new HashMap<>();
  private @Nullable String version;
  private byte @Nullable [] data;
  private @Nullable String dataText;

  private CloudEventReader(byte[] event) {
    this.event = event;
  }

  static Envelope read(byte[] event) {
    var reader = new CloudEventReader(event);
    try (JsonParser json = PayloadForms.READING.createParser(event)) {
      reader.readObject(json);
    } catch (JsonProcessingException e) {
      throw notJson(e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return reader.envelope();
  }

  private void readObject(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw notJson("no object");
    }
    if (json.currentTokenLocation().getByteOffset() < 0 || event[0] < 0) {
      // Another encoding, or a mark of one, which the parser would have understood.
      throw notJson("not in UTF-8, or with a byte order mark");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (TEXTS.contains(name)) {
        readText(json, name, value);
      } else if (name.equals("eventversion")) {
        readVersion(json, value);
      } else if (name.equals("data")) {
        readData(json, value);
      } else {
        json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw notJson("something follows it");
    }
  }

  private void readText(JsonParser json, String name, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.VALUE_STRING) {
      throw EventBusException.invalid(name, value.asString() + "...", "a string");
    }
    if (texts.put(name, json.getText()) != null) {
      throw twice(name);
    }
  }

  private void readVersion(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_STRING) {
      throw EventBusException.invalid("eventversion", value, "an integer");
    }
    if (version != null) {
      throw twice("eventversion");
    }
    version = json.getText();
  }

  private void readData(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (data != null) {
      throw twice("data");
    }
    long start = json.currentTokenLocation().getByteOffset();
    if (value == JsonToken.VALUE_STRING) {
      dataText = json.getText();
    }
    json.skipChildren();
    json.finishToken();
    data = Arrays.copyOfRange(event, (int) start, (int) json.currentLocation().getByteOffset());
  }

  private Envelope envelope() {
    String specification = required("specversion");
    if (!specification.equals("1.0")) {
      throw EventBusException.invalid("specversion", specification, "1.0");
    }
    Fields.checkText("source", required("source"), 1, Integer.MAX_VALUE);
    String contentType = texts.get("datacontenttype");
    if (data != null && contentType == null) {
      contentType = "application/json";
    }
    return new Envelope(
        required("id"),
        required("subject"),
        required("type"),
        version(),
        time(),
        texts.get("traceid"),
        texts.get("correlationid"),
        texts.get("tenantid"),
        contentType,
        payload(contentType));
  }

  private long version() {
    if (version == null) {
      throw missing("eventversion");
    }
    try {
      return Long.parseLong(version);
    } catch (NumberFormatException e) {
      throw EventBusException.invalid("eventversion", version, "1 to " + Long.MAX_VALUE);
    }
  }

  private Instant time() {
    String time = required("time");
    try {
      return OffsetDateTime.parse(time).toInstant();
    } catch (DateTimeParseException e) {
      throw EventBusException.invalid("time", time, "a time as in RFC 3339");
    }
  }

  private byte[] payload(@Nullable String contentType) {
    String encoded = texts.get("data_base64");
    if (data != null && encoded != null) {
      throw EventBusException.invalid("data_base64", "beside data", "one of the two");
    }
    if (encoded != null) {
      try {
        return Base64.getDecoder().decode(encoded);
      } catch (IllegalArgumentException e) {
        throw EventBusException.invalid("data_base64", String.valueOf(e.getMessage()), "Base64");
      }
    }
    if (dataText != null && !PayloadForms.saysJson(contentType)) {
      return dataText.getBytes(StandardCharsets.UTF_8);
    }
    return data == null ? new byte[0] : data;
  }

  private String required(String name) {
    String value = texts.get(name);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private static EventBusException missing(String name) {
    return EventBusException.invalid(name, "missing", "in every event");
  }

  private static EventBusException twice(String name) {
    return EventBusException.invalid(name, "twice", "once");
  }

  private static EventBusException notJson(String why) {
    return EventBusException.invalid("event", why, "one JSON object in UTF-8");
  }
}
