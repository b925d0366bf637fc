package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages in the form that the server keeps them in: the body as it is; the key and the headers as
 * headers, in which only printable ASCII is safe, so that the rest is percent-encoded as UTF-8.
 */
final class WireMessages {
  /** Of which the server keeps one message within its window. */
  static final String ID = "Nats-Msg-Id";

  private static final String KEY = "sluice-nats-key";

  /** Before names that would mean something to the server. */
  private static final String SHIELD = "sluice-nats-user-";

  private static final String SERVERS = "nats-";
  private static final String HEX = "0123456789ABCDEF";

  private WireMessages() {}

  static Headers headers(OutboundMessage message, String id) {
    Headers headers = new Headers();
    headers.put(ID, id);
    if (message.key() != null) {
      headers.put(KEY, encoded(message.key()));
    }
    message
        .headers()
        .forEach(
            (name, value) -> headers.put(isServers(name) ? SHIELD + name : name, encoded(value)));
    return headers;
  }

  static InboundMessage inbound(Part part, Message message, NatsJetStreamMetaData about) {
    Map<String, String> headers = new HashMap<>();
    String key = null;
    Headers wire = message.getHeaders();
    if (wire != null) {
      for (Map.Entry<String, List<String>> header : wire.entrySet()) {
        String name = header.getKey();
        String value = decoded(header.getValue().isEmpty() ? "" : header.getValue().get(0));
        if (name.equals(KEY)) {
          key = value;
        } else if (name.startsWith(SHIELD)) {
          headers.put(name.substring(SHIELD.length()), value);
        } else if (!isServers(name)) {
          headers.put(name, value);
        }
      }
    }
    return new InboundMessage(
        part.topic(),
        part.partition(),
        about.streamSequence(),
        key,
        message.getData(),
        headers,
        about.timestamp().toInstant(),
        1);
  }

  private static boolean isServers(String name) {
    return name.toLowerCase(Locale.ROOT).startsWith(SERVERS);
  }

  static String encoded(String value) {
    StringBuilder text = null;
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      byte each = bytes[i];
      // Servers and clients trim blanks at the ends.
      boolean edge = each == ' ' && (i == 0 || i == bytes.length - 1);
      boolean plain = each >= ' ' && each < 0x7f && each != '%' && !edge;
      if (!plain && text == null) {
        text = new StringBuilder(value.length() + 16).append(value, 0, i);
      }
      if (text != null) {
        if (plain) {
          text.append((char) each);
        } else {
          text.append('%').append(HEX.charAt((each >> 4) & 15)).append(HEX.charAt(each & 15));
        }
      }
    }
    return text == null ? value : text.toString();
  }

  /** As it is where it was not encoded by us, which it need not be. */
  static String decoded(@Nullable String value) {
    if (value == null) {
      return "";
    }
    if (value.indexOf('%') < 0) {
      return value;
    }
    ByteBuffer bytes = ByteBuffer.allocate(value.length() * 3);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '%') {
        bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int high = i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
      int low = i + 2 < value.length() ? Character.digit(value.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        return value;
      }
      bytes.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(bytes.flip())
          .toString();
    } catch (CharacterCodingException e) {
      return value;
    }
  }
}
