package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offsets in a file of this machine, for members that each consume everything. */
public final class LocalOffsets implements OffsetStore, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalOffsets.class);

  private final OffsetFile file;

  /** As many as the topics have queues, also those of queues that are gone. */
  private final NotedOffsets noted = new NotedOffsets();

  private Map<MessageQueue, Long> stored;

  private LocalOffsets(OffsetFile file, Map<MessageQueue, Long> stored) {
    this.file = file;
    this.stored = stored;
    stored.forEach((queue, offset) -> noted.advance(queue, offset, 0));
  }

  /**
   * Opens the offsets of a file, which nobody else can then; none if there is no file.
   *
   * @throws RocketMQException INVALID_ARGUMENT if another consumer has it open, INTERNAL if it
   *     cannot be read
   */
  public static LocalOffsets open(Path path) {
    OffsetFile file = OffsetFile.open(path);
    try {
      return new LocalOffsets(file, file.read());
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public OptionalLong load(MessageQueue queue) {
    return noted.at(queue);
  }

  @Override
  public OptionalLong noted(MessageQueue queue) {
    return noted.at(queue);
  }

  @Override
  public long term(MessageQueue queue) {
    return noted.term(queue);
  }

  @Override
  public void advance(MessageQueue queue, long offset, long term) {
    noted.advance(queue, offset, term);
  }

  @Override
  public void reset(MessageQueue queue, long offset) {
    noted.reset(queue, offset);
  }

  @Override
  public void persist(Collection<MessageQueue> queues) {
    Map<MessageQueue, Long> now = noted.all();
    if (now.equals(stored)) {
      return;
    }
    try {
      file.write(now);
      stored = now;
    } catch (IOException e) {
      log.warn("Offsets could not be stored in {}: {}", file, e.toString());
    }
  }

  @Override
  public void forget(MessageQueue queue) {
    // The file is all that remembers it.
  }

  @Override
  public void close() {
    file.close();
  }
}
