package dev.sluice.gateway.core;

import dev.sluice.gateway.core.TransactionPath.Mode;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a transaction's message carries for whoever is asked about it, at any instance.
 *
 * @param mode who decides it
 * @param owner stands for its producer's caller and access key: only checkers with the same may see
 *     its message
 */
record TransactionNote(Mode mode, long owner) {

  private static final String AUTO = "auto";
  private static final String MANUAL = "manual ";

  String text() {
    return switch (mode) {
      case AUTO -> AUTO;
      case MANUAL -> MANUAL + HexFormat.of().toHexDigits(owner);
    };
  }

  /** Empty where the text is nothing that a gateway wrote. */
  static Optional<TransactionNote> read(String text) {
    if (text.equals(AUTO)) {
      return Optional.of(new TransactionNote(Mode.AUTO, 0));
    }
    if (!text.startsWith(MANUAL)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TransactionNote(
              Mode.MANUAL, HexFormat.fromHexDigitsToLong(text.substring(MANUAL.length()))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
