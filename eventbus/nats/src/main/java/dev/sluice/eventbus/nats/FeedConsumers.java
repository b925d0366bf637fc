package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.NatsOptions;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the consumers of partitions. Each epoch of a partition has one of its own, which begins
 * where the one before had everything acknowledged: so what was handed out and not resolved comes
 * first and in order, and whoever still has the old one has nothing. Blocks.
 */
final class FeedConsumers {
  private static final Logger LOG = LoggerFactory.getLogger(FeedConsumers.class);

  private final NatsOptions options;
  private final NatsNames names;

  FeedConsumers(NatsOptions options, NatsNames names) {
    this.options = options;
    this.names = names;
  }

  /**
   * Makes the first consumer of an epoch, and takes away those of epochs before.
   *
   * @param committed where the group's record says that it goes on; 0 for the beginning
   * @return the sequence that it begins with
   */
  long take(JetStreamManagement management, Part part, long epoch, long committed)
      throws IOException, JetStreamApiException {
    String stream = names.stream(part.topic());
    String previous = names.consumer(part, epoch - 1, 0);
    OptionalLong floor = epoch > 1 ? floor(management, stream, previous) : OptionalLong.of(0);
    long from = Math.max(1, Math.max(committed, floor.orElse(0) + 1));
    List<String> before = floor.isPresent() && epoch > 1 ? List.of(previous) : new ArrayList<>();
    if (floor.isEmpty()) {
      // Who had the epoch before made it anew, or never made one; an earlier one may be there.
      for (ConsumerInfo info : management.getConsumers(stream)) {
        OptionalLong earlier = names.epoch(part, info.getName());
        if (earlier.isPresent() && earlier.getAsLong() < epoch) {
          from = Math.max(from, info.getAckFloor().getStreamSequence() + 1);
          before.add(info.getName());
        }
      }
    }
    from = begin(management, part, epoch, 0, from);
    for (String name : before) {
      delete(management, stream, name);
    }
    return from;
  }

  /**
   * Makes a consumer anew within an epoch, beginning there: what the server takes for handed out,
   * and nobody has, is handed out again, in order.
   *
   * @param again how often in this epoch
   * @return the sequence that it begins with: the given one, unless the stream was made anew
   */
  long takeAgain(JetStreamManagement management, Part part, long epoch, int again, long from)
      throws IOException, JetStreamApiException {
    long start = begin(management, part, epoch, again, from);
    delete(management, names.stream(part.topic()), names.consumer(part, epoch, again - 1));
    return start;
  }

  private long begin(JetStreamManagement management, Part part, long epoch, int again, long from)
      throws IOException, JetStreamApiException {
    String stream = names.stream(part.topic());
    String consumer = names.consumer(part, epoch, again);
    // Left by an attempt whose answer never came.
    delete(management, stream, consumer);
    long last = management.getStreamInfo(stream).getStreamState().getLastSequence();
    long start = from;
    if (from > last + 1) {
      LOG.warn(
          "{} was at {} and its stream ends at {}: it was made anew, and is read from its"
              + " beginning",
          part,
          from,
          last);
      start = 1;
    }
    management.addOrUpdateConsumer(
        stream,
        ConsumerConfiguration.builder()
            .durable(consumer)
            .description("partition " + part + " of group " + names.group())
            .filterSubject(names.subject(part))
            .deliverPolicy(DeliverPolicy.ByStartSequence)
            .startSequence(start)
            .ackPolicy(AckPolicy.Explicit)
            .ackWait(options.ackWait())
            .maxDeliver(-1)
            // Bounded by what a flow takes.
            .maxAckPending(-1)
            .build());
    return start;
  }

  private static OptionalLong floor(JetStreamManagement management, String stream, String consumer)
      throws IOException, JetStreamApiException {
    try {
      return OptionalLong.of(
          management.getConsumerInfo(stream, consumer).getAckFloor().getStreamSequence());
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() != NatsErrors.CONSUMER_NOT_FOUND) {
        throw e;
      }
      return OptionalLong.empty();
    }
  }

  private static void delete(JetStreamManagement management, String stream, String consumer)
      throws IOException, JetStreamApiException {
    try {
      management.deleteConsumer(stream, consumer);
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() != NatsErrors.CONSUMER_NOT_FOUND) {
        throw e;
      }
    }
  }
}
