package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.InboundMessage;
import java.io.PrintWriter;
import java.util.TreeMap;

/** A dead letter for a person: a line for each of its parts, then the body. */
final class LetterText {
  private LetterText() {}

  static void print(DeadLetter letter, PrintWriter out) {
    InboundMessage message = letter.message();
    String key = message.key();
    line(out, "position", letter.position());
    line(out, "group", letter.group());
    line(out, "topic", message.topic());
    line(out, "partition", message.partition());
    line(out, "offset", Long.toString(message.offset()));
    line(out, "key", key == null ? "" : key);
    line(out, "published at", message.timestamp().toString());
    line(out, "failed at", letter.failedAt().toString());
    line(out, "attempts", Integer.toString(letter.attempts()));
    line(out, "replays", Integer.toString(letter.replays()));
    line(out, "reason", letter.reason());
    new TreeMap<>(message.headers())
        .forEach((name, value) -> line(out, "header", name + ": " + value));
    BodyText.print(message.body(), out);
  }

  private static void line(PrintWriter out, String name, String value) {
    String shown = Printable.line(value);
    out.println(shown.isEmpty() ? name + ':' : "%-13s %s".formatted(name + ':', shown));
  }
}
