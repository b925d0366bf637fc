package dev.sluice.eventbus;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks what comes from outside, and names the field that is at fault. */
final class Fields {

  static final String KEY_EXPECTED = "1 to 256 characters of A-Z a-z 0-9 : _ - . /";
  private static final int LONGEST_KEY = 256;

  private Fields() {}

  /** A key, or what becomes one. */
  static void checkKey(String field, String value) {
    Objects.requireNonNull(value, field);
    int length = value.length();
    boolean valid = length >= 1 && length <= LONGEST_KEY;
    for (int i = 0; valid && i < length; i++) {
      valid = isOfKeys(value.charAt(i));
    }
    if (!valid) {
      throw EventBusException.invalid(field, value, KEY_EXPECTED);
    }
  }

  private static boolean isOfKeys(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || (c >= '-' && c <= '/')
        || c == ':'
        || c == '_';
  }

  /** Text that every broker keeps as it is. */
  static void checkText(String field, String value, int shortest, int longest) {
    Objects.requireNonNull(value, field);
    if (value.length() < shortest || value.length() > longest || !isPlain(value)) {
      throw EventBusException.invalid(
          field,
          value,
          shortest + " to " + longest + " characters, no control characters or lone surrogates");
    }
  }

  static void checkOptionalText(String field, @Nullable String value, int longest) {
    if (value != null) {
      checkText(field, value, 1, longest);
    }
  }

  /** A name of a header. */
  static boolean isHeaderName(String name) {
    if (name.isEmpty() || name.length() > 128) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isOfKeys(c) || c == ':' || c == '/') {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c) || Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        i++;
        if (i == value.length() || !Character.isLowSurrogate(value.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }
}
