package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Makes message ids in the form of the v2 protocol: 34 hexadecimal characters, which are {@code
 * 01}, six bytes that tell machines apart, two bytes of the process id, the seconds since 2021
 * began and a sequence number, four bytes each.
 *
 * <p>For any number of threads. Ids of one generator differ for its first 2<sup>32</sup> ids, and
 * beyond that unless all of them were made in one second. Two generators differ by 48 random bits,
 * which are used instead of a hardware address: in containers those are neither unique nor private.
 */
public final class UniqueIds {
  /** How many characters an id has. */
  public static final int LENGTH = 34;

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final long EPOCH_SECONDS = Instant.parse("2021-01-01T00:00:00Z").getEpochSecond();
  private static final int PREFIX = 18;

  private final byte[] prefix = new byte[PREFIX];
  private final LongSupplier currentMillis;
  private final AtomicInteger sequence = new AtomicInteger();

  /** A generator for this process, by the system's clock. */
  public static UniqueIds forThisProcess() {
    byte[] machine = new byte[6];
    new SecureRandom().nextBytes(machine);
    return of(machine, ProcessHandle.current().pid(), System::currentTimeMillis);
  }

  /**
   * A generator with everything given.
   *
   * @param machine six bytes
   * @param processId of which the low 16 bits are used
   * @param currentMillis milliseconds since 1970
   */
  public static UniqueIds of(byte[] machine, long processId, LongSupplier currentMillis) {
    if (machine.length != 6) {
      throw WireException.invalid("machine: " + machine.length + " bytes (expected: 6)");
    }
    return new UniqueIds(machine, processId, currentMillis);
  }

  private UniqueIds(byte[] machine, long processId, LongSupplier currentMillis) {
    this.currentMillis = currentMillis;
    hex(prefix, 0, 1, 1);
    for (int i = 0; i < 6; i++) {
      hex(prefix, 2 + 2 * i, machine[i], 1);
    }
    hex(prefix, 14, (int) processId, 2);
  }

  /** The next id. */
  public String next() {
    byte[] id = new byte[LENGTH];
    System.arraycopy(prefix, 0, id, 0, PREFIX);
    hex(id, PREFIX, (int) (currentMillis.getAsLong() / 1000 - EPOCH_SECONDS), 4);
    hex(id, PREFIX + 8, sequence.getAndIncrement(), 4);
    return new String(id, StandardCharsets.ISO_8859_1);
  }

  private static void hex(byte[] out, int at, int value, int bytes) {
    int rest = value;
    for (int i = at + 2 * bytes - 1; i >= at; i--) {
      out[i] = HEX[rest & 0xF];
      rest >>>= 4;
    }
  }
}
