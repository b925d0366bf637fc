package dev.sluice.eventbus.tools;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** A body for a person: text where it is UTF-8, otherwise bytes in hexadecimal. */
final class BodyText {
  private static final int MOST_TEXT = 4096;
  private static final int MOST_HEX = 512;
  private static final int ROW = 16;
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private BodyText() {}

  /** Prints what fits, and says how much it is and what was left out. */
  static void print(byte[] body, PrintWriter out) {
    if (body.length == 0) {
      out.println("body: empty");
      return;
    }
    Optional<String> text = decode(body, MOST_TEXT);
    int most = text.isPresent() ? MOST_TEXT : MOST_HEX;
    out.println(
        "body: %,d bytes%s%s"
            .formatted(
                body.length,
                text.isPresent() ? "" : ", no text",
                body.length > most
                    ? ", the first %,d are shown (--body FILE has all)".formatted(most)
                    : ""));
    if (text.isPresent()) {
      out.println(Printable.lines(text.get()));
    } else {
      printHex(body, Math.min(body.length, MOST_HEX), out);
    }
  }

  private static void printHex(byte[] body, int end, PrintWriter out) {
    for (int start = 0; start < end; start += ROW) {
      int stop = Math.min(end, start + ROW);
      StringBuilder shown = new StringBuilder();
      for (int i = start; i < stop; i++) {
        shown.append(body[i] >= ' ' && body[i] < 0x7f ? (char) body[i] : '.');
      }
      out.println("%08x  %-47s  |%s|".formatted(start, HEX.formatHex(body, start, stop), shown));
    }
  }

  /**
   * The first bytes of a body as text; empty if it is no UTF-8 there. A character that goes beyond
   * the first bytes is left out.
   */
  static Optional<String> decode(byte[] body, int most) {
    int length = Math.min(body.length, most);
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer text = CharBuffer.allocate(length);
    boolean isWhole = length == body.length;
    CoderResult result = decoder.decode(ByteBuffer.wrap(body, 0, length), text, isWhole);
    return result.isError() ? Optional.empty() : Optional.of(text.flip().toString());
  }
}
