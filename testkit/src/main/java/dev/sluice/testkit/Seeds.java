package dev.sluice.testkit;

import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Random values that can be had again: the seed is told when a test fails, and {@code
 * -Dsluice.seed=<seed>} repeats it.
 *
 * <p>A test gets one as a parameter, or runs a property over many by {@link #forAll}. For one
 * thread.
 */
public final class Seeds {

  /** The system property that fixes the seed, a decimal or 0x-hexadecimal long. */
  public static final String PROPERTY = "sluice.seed";

  /** The system property that makes {@link #campaign} so many times as long. */
  public static final String CAMPAIGN = "sluice.campaign";

  /** A property that must hold for whatever values it draws. */
  @FunctionalInterface
  public interface Property {
    /** Draws values and checks what must hold for them. */
    void check(Seeds seeds) throws Exception;
  }

  private final long seed;
  private final SplittableRandom random;

  private Seeds(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  /** The values of the seed in the system property, of a new one if there is none. */
  public static Seeds fresh() {
    Long fixed = Long.getLong(PROPERTY);
    return of(fixed != null ? fixed : new Random().nextLong());
  }

  /** The values of this seed. */
  public static Seeds of(long seed) {
    return new Seeds(seed);
  }

  /**
   * Checks a property {@code runs} times, each with a seed of its own, and in a {@link #CAMPAIGN}
   * so many times as many; once if the seed is fixed by the system property.
   *
   * @throws AssertionError if a run fails, with its seed; the cause is what the run threw
   */
  public static void forAll(int runs, Property property) {
    Seeds first = fresh();
    int times = Long.getLong(PROPERTY) != null ? 1 : campaign(runs);
    for (int run = 0; run < times; run++) {
      Seeds seeds = run == 0 ? first : of(first.random.nextLong());
      // Errors of assertions are what is expected here, and every failure must tell its seed.
      try {
        property.check(of(seeds.seed));
      } catch (Throwable failure) {
        throw new AssertionError(
            "run " + (run + 1) + " of " + times + " failed, " + seeds + ": " + failure, failure);
      }
    }
  }

  /**
   * How many rounds to make of what is worth more of them than a build has time for: {@code rounds}
   * in a build, and so many times as many as {@code -Dsluice.campaign=<times>} says.
   */
  public static int campaign(int rounds) {
    return Math.multiplyExact(rounds, Integer.getInteger(CAMPAIGN, 1));
  }

  /** Values of their own, for another thread. */
  public Seeds split() {
    return of(random.nextLong());
  }

  /** What repeats these values. */
  public long seed() {
    return seed;
  }

  /** Any int. */
  public int anyInt() {
    return random.nextInt();
  }

  /** Any long. */
  public long anyLong() {
    return random.nextLong();
  }

  /** An int from {@code min} to {@code max}, both included. */
  public int between(int min, int max) {
    return (int) random.nextLong(min, max + 1L);
  }

  /**
   * A long from {@code min} to {@code max}, both included; {@code max} is below {@link
   * Long#MAX_VALUE}.
   */
  public long between(long min, long max) {
    return random.nextLong(min, max + 1);
  }

  /** True in {@code percent} of a hundred cases. */
  public boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** One of these. */
  public <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** One of these. */
  @SafeVarargs
  public final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** That many bytes. */
  public byte[] bytes(int length) {
    var bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Up to that many bytes; short ones are as frequent as long ones. */
  public byte[] bytesUpTo(int max) {
    return bytes(size(max));
  }

  /**
   * Up to that many characters of all of Unicode without lone surrogates; the ASCII ones, control
   * characters among them, are half of them.
   */
  public String stringUpTo(int maxCharacters) {
    var text = new StringBuilder();
    int count = size(maxCharacters);
    while (text.length() < count) {
      int codePoint = chance(50) ? random.nextInt(0x80) : random.nextInt(0x110000);
      boolean fits = text.length() + Character.charCount(codePoint) <= count;
      if (fits && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE)) {
        text.appendCodePoint(codePoint);
      }
    }
    return text.toString();
  }

  /** Up to that many letters and digits, at least one. */
  public String word(int maxCharacters) {
    String alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    var text = new StringBuilder();
    int count = between(1, maxCharacters);
    for (int i = 0; i < count; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private int size(int max) {
    return chance(50) ? between(0, max) : between(0, Math.min(max, 8));
  }

  /** The seed, and how to use it again. */
  @Override
  public String toString() {
    return "repeat with -D" + PROPERTY + "=" + seed;
  }
}
