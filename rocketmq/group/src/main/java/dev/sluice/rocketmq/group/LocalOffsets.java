package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offsets in a file of this machine, for members that each consume everything. What is stored is
 * what is noted.
 */
public final class LocalOffsets implements OffsetStore, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalOffsets.class);

  private final OffsetFile file;

  /** As many as the topics have queues, also those of queues that are gone. */
  private final NotedOffsets noted = new NotedOffsets();

  /** The file is written by one at a time; whoever waits for that can be interrupted. */
  private final Semaphore writer = new Semaphore(1);

  private volatile Map<MessageQueue, Long> stored;

  private LocalOffsets(OffsetFile file, Map<MessageQueue, Long> stored) {
    this.file = file;
    this.stored = stored;
    stored.forEach((queue, offset) -> noted.advance(queue, offset, 0));
  }

  /** Where they are unless the application says otherwise. */
  public static Path defaultDirectory() {
    return Path.of(System.getProperty("user.home", "."), ".sluice", "offsets");
  }

  /**
   * Opens the offsets of a group's member, in {@code ip@instance/group} of the directory: not by
   * the client id, which is another one in each process.
   *
   * @param group as brokers know it
   * @throws RocketMQException as {@link #open(Path)}
   */
  public static LocalOffsets open(Path directory, ClientOptions client, String group) {
    String name = client.clientIp() + '@' + client.instanceName();
    return open(directory.resolve(name.replace(':', '_').replace('/', '_')).resolve(group));
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
  public OptionalLong stored(MessageQueue queue) {
    Long offset = stored.get(queue);
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
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
  public void persist(Collection<MessageQueue> queues) throws InterruptedException {
    try {
      write();
    } catch (IOException e) {
      log.warn("Offsets could not be stored in {}: {}", file, e.toString());
    }
  }

  @Override
  public void commit(Map<MessageQueue, Long> offsets) throws InterruptedException {
    try {
      write();
    } catch (IOException e) {
      throw RocketMQException.of(
          RocketMQException.Category.INTERNAL, "offsets in " + file + ": " + e, e);
    }
  }

  private void write() throws IOException, InterruptedException {
    writer.acquire();
    try {
      Map<MessageQueue, Long> now = noted.all();
      if (!now.equals(stored)) {
        file.write(now);
        stored = now;
      }
    } finally {
      writer.release();
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
