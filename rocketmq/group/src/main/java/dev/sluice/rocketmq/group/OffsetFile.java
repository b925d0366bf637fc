package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file of offsets: a first line that says so, and a line {@code offset broker queue topic} for
 * each queue. It is written beside and then put in place, so that whoever is killed leaves the one
 * before or the new one, whole. One process has it at a time.
 */
final class OffsetFile implements AutoCloseable {
  private static final String FIRST_LINE = "offsets 1";

  private final Path path;
  private final FileChannel locked;

  private OffsetFile(Path path, FileChannel locked) {
    this.path = path;
    this.locked = locked;
  }

  /** Makes the directory and takes the lock. */
  static OffsetFile open(Path path) {
    FileChannel channel = null;
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      channel =
          FileChannel.open(
              beside(path, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock != null) {
        return new OffsetFile(path, channel);
      }
      channel.close();
    } catch (IOException e) {
      closeQuietly(channel, e);
      throw RocketMQException.of(
          RocketMQException.Category.INTERNAL, "offsets in " + path + ": " + e, e);
    }
    throw RocketMQException.invalid(
        "offsets",
        path,
        "no other consumer that has them open; set another instance name or directory");
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel, IOException because) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        because.addSuppressed(e);
      }
    }
  }

  private static Path beside(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /** What it says; nothing if it is not there. */
  Map<MessageQueue, Long> read() {
    if (!Files.exists(path)) {
      return Map.of();
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(path, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw RocketMQException.of(
          RocketMQException.Category.INTERNAL, "offsets in " + path + ": " + e, e);
    }
    if (lines.isEmpty() || !lines.getFirst().equals(FIRST_LINE)) {
      throw unreadable(1, FIRST_LINE);
    }
    Map<MessageQueue, Long> offsets = new HashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      String[] parts = lines.get(i).split(" ", 4);
      try {
        offsets.put(
            new MessageQueue(parts[3], parts[1], Integer.parseInt(parts[2])),
            Long.parseLong(parts[0]));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw unreadable(i + 1, "offset broker queue topic");
      }
    }
    return offsets;
  }

  private RocketMQException unreadable(int line, String expected) {
    return RocketMQException.of(
        RocketMQException.Category.INTERNAL,
        "offsets in " + path + ", line " + line + ": unreadable (expected: " + expected + ')');
  }

  /** Replaces what it says, and returns when that is on the disk. */
  void write(Map<MessageQueue, Long> offsets) throws IOException {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    new TreeMap<>(offsets)
        .forEach(
            (queue, offset) ->
                text.append(offset)
                    .append(' ')
                    .append(queue.broker())
                    .append(' ')
                    .append(queue.id())
                    .append(' ')
                    .append(queue.topic())
                    .append('\n'));
    Path fresh = beside(path, ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    try {
      locked.close();
    } catch (IOException e) {
      throw RocketMQException.of(
          RocketMQException.Category.INTERNAL, "offsets in " + path + ": " + e, e);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
