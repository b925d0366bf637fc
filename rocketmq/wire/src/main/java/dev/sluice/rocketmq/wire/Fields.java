package dev.sluice.rocketmq.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command's own header fields ({@code extFields}): few names with a text value each, in the order
 * of the wire. Immutable. Where a name occurs twice, the last one counts.
 *
 * <p>Kept flat, because commands have about ten fields and live for microseconds.
 */
public final class Fields {
  private static final Fields EMPTY = new Fields(new String[0]);

  private final String[] pairs;

  private Fields(String[] pairs) {
    this.pairs = pairs;
  }

  /** No fields. */
  public static Fields empty() {
    return EMPTY;
  }

  /** These names and values, alternating. */
  public static Fields of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw WireException.invalid(
          "names and values: " + namesAndValues.length + " (expected: an even number)");
    }
    for (String each : namesAndValues) {
      Objects.requireNonNull(each, "names and values");
    }
    return namesAndValues.length == 0 ? EMPTY : new Fields(namesAndValues.clone());
  }

  /** Starts an empty collection. */
  public static Builder builder() {
    return new Builder();
  }

  /** How many fields there are, repeated names counted each time. */
  public int size() {
    return pairs.length / 2;
  }

  /** The name at a position, from 0. */
  public String name(int index) {
    return pairs[2 * index];
  }

  /** The value at a position, from 0. */
  public String value(int index) {
    return pairs[2 * index + 1];
  }

  /** The value of a field, or null when it is absent. */
  public @Nullable String get(String name) {
    for (int i = pairs.length - 2; i >= 0; i -= 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  /** The value of a field that must be there; otherwise a {@link WireException} names it. */
  public String require(String name) {
    String value = get(name);
    if (value == null) {
      throw new WireException(
          WireException.Reason.MISSING_FIELD,
          "header field " + name + ": absent (expected among: " + names() + ")");
    }
    return value;
  }

  /** The number in a field that must be there. */
  public long requireLong(String name) {
    return parse(name, require(name), Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** The 32-bit number in a field that must be there. */
  public int requireInt(String name) {
    return (int) parse(name, require(name), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** The number in a field, or the default when the field is absent or empty. */
  public long longOr(String name, long absent) {
    String value = get(name);
    return value == null || value.isEmpty()
        ? absent
        : parse(name, value, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** The 32-bit number in a field, or the default when the field is absent or empty. */
  public int intOr(String name, int absent) {
    String value = get(name);
    return value == null || value.isEmpty()
        ? absent
        : (int) parse(name, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Whether a field says true; the default when it is absent. */
  public boolean booleanOr(String name, boolean absent) {
    String value = get(name);
    return value == null ? absent : Boolean.parseBoolean(value);
  }

  private static long parse(String name, String value, long min, long max) {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw WireException.malformed(
          "header field " + name + ": " + Texts.quote(value) + " (expected: a number)", e);
    }
    throw WireException.malformed(
        "header field " + name + ": " + value + " (expected: " + min + " to " + max + ")");
  }

  private String names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < size() && i < 32; i++) {
      names.add(Texts.shorten(name(i)));
    }
    return names.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fields that && Arrays.equals(pairs, that.pairs);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(pairs);
  }

  /** The fields as people read them; long values are cut. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < size(); i++) {
      text.append(i == 0 ? "" : ", ").append(name(i)).append('=');
      text.append(Texts.shorten(value(i)));
    }
    return text.append('}').toString();
  }

  /** Collects fields. Not for several threads. */
  public static final class Builder implements FieldWriter {
    private String[] pairs = new String[16];
    private int used;

    private Builder() {}

    @Override
    public Builder field(String name, @Nullable String value) {
      if (value != null) {
        if (used == pairs.length) {
          pairs = Arrays.copyOf(pairs, 2 * used);
        }
        pairs[used++] = Objects.requireNonNull(name, "name");
        pairs[used++] = value;
      }
      return this;
    }

    @Override
    public Builder field(String name, long value) {
      return field(name, Long.toString(value));
    }

    @Override
    public Builder field(String name, boolean value) {
      return field(name, Boolean.toString(value));
    }

    int size() {
      return used / 2;
    }

    /** What was collected so far. */
    public Fields build() {
      return used == 0 ? EMPTY : new Fields(Arrays.copyOf(pairs, used));
    }
  }
}
