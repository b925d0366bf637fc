package dev.sluice.eventbus.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.DeadLetters.Replayed;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.Published;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is printed for programs: a JSON object on a line, in printable ASCII alone. */
final class LetterJson {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .characterEscapes(new DeleteToo())
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private LetterJson() {}

  /** JSON itself leaves the control character DEL as it is. */
  private static final class DeleteToo extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final int DEL = 0x7f;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes[DEL] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null;
    }
  }

  /** Something that writes the fields of an object. */
  @FunctionalInterface
  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static String object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      fields.writeTo(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** All but the body. */
  static String listed(DeadLetter letter) {
    return object(json -> write(json, letter));
  }

  /** All, the body as {@code body} where it is text, or else as {@code body_base64}. */
  static String whole(DeadLetter letter) {
    byte[] body = letter.message().body();
    return object(
        json -> {
          write(json, letter);
          Optional<String> text = BodyText.decode(body, body.length);
          if (text.isPresent()) {
            json.writeStringField("body", text.get());
          } else {
            json.writeBinaryField("body_base64", body);
          }
        });
  }

  /** A dead letter that was replayed. */
  static String replayed(DeadLetter letter, Published published) {
    return object(
        json -> {
          json.writeStringField("position", letter.position());
          json.writeStringField("topic", published.topic());
          json.writeStringField("partition", published.partition());
          json.writeNumberField("offset", published.offset());
        });
  }

  /** How many were. */
  static String replayed(Replayed replayed) {
    return object(
        json -> {
          json.writeNumberField("replayed", replayed.replayed());
          json.writeNumberField("left", replayed.left());
        });
  }

  private static void write(JsonGenerator json, DeadLetter letter) throws IOException {
    InboundMessage message = letter.message();
    json.writeStringField("position", letter.position());
    json.writeStringField("group", letter.group());
    json.writeStringField("topic", message.topic());
    json.writeStringField("partition", message.partition());
    json.writeNumberField("offset", message.offset());
    json.writeStringField("key", message.key());
    json.writeStringField("published_at", message.timestamp().toString());
    json.writeStringField("failed_at", letter.failedAt().toString());
    json.writeNumberField("attempts", letter.attempts());
    json.writeNumberField("replays", letter.replays());
    json.writeStringField("reason", letter.reason());
    json.writeObjectFieldStart("headers");
    for (Map.Entry<String, String> header : new TreeMap<>(message.headers()).entrySet()) {
      json.writeStringField(header.getKey(), header.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("body_bytes", message.body().length);
  }
}
