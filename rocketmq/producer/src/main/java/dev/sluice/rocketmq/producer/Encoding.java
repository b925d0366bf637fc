package dev.sluice.rocketmq.producer;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.OutgoingBatch;
import dev.sluice.rocketmq.remoting.OutgoingMessage;
import dev.sluice.rocketmq.requests.MessageProperties;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.SystemFlags;
import dev.sluice.rocketmq.requests.UniqueIds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes what goes to brokers of what the application sends. Safe for all threads. */
final class Encoding {
  private static final UniqueIds IDS = UniqueIds.forThisProcess();

  private final ProducerOptions options;
  private final String group;
  private final Clock clock;

  /**
   * An encoding.
   *
   * @param group as brokers know it
   */
  Encoding(ProducerOptions options, String group, Clock clock) {
    this.options = options;
    this.group = group;
    this.clock = clock;
  }

  String nextId() {
    return IDS.next();
  }

  /**
   * One message, compressed where it is large.
   *
   * @throws RocketMQException INVALID_ARGUMENT if its properties are too long
   */
  OutgoingMessage single(Message message, String id, boolean half) {
    byte[] body = message.bytes();
    int flags = half ? SystemFlags.TRANSACTION_PREPARED : 0;
    if (body.length >= options.compressFrom()) {
      byte[] small = options.compression().bodies().compress(body, options.compressionLevel());
      if (small.length < body.length) {
        body = small;
        flags |= options.compression().bodies().flags();
      }
    }
    MessageProperties.Text properties = properties(message, id);
    if (half) {
      properties
          .put(PropertyNames.TRANSACTION_PREPARED, "true")
          .put(PropertyNames.PRODUCER_GROUP, group);
    }
    return new OutgoingMessage(
        group,
        flags,
        clock.currentTimeMillis(),
        SendBatch.Member.of(message.flag(), properties.toString(), ByteBuffer.wrap(body)),
        options.template());
  }

  /**
   * Several messages that are stored together.
   *
   * @throws RocketMQException INVALID_ARGUMENT if they are too much, or cannot be together
   */
  OutgoingBatch batch(List<Message> messages, List<String> ids) {
    Message first = messages.getFirst();
    List<SendBatch.Member> members = new ArrayList<>(messages.size());
    long size = 0;
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      if (!message.topic().equals(first.topic())) {
        throw RocketMQException.invalid("topic in a batch", message.topic(), first.topic());
      }
      if (message.isDelayed()) {
        throw RocketMQException.invalid("message of a batch", message, "no delay");
      }
      if (message.waitForStore() != first.waitForStore()) {
        throw RocketMQException.invalid(
            "waitForStore in a batch",
            message.waitForStore(),
            "as the first message has it: " + first.waitForStore());
      }
      SendBatch.Member member =
          SendBatch.Member.of(
              message.flag(),
              properties(message, ids.get(i)).toString(),
              ByteBuffer.wrap(message.bytes()));
      size += member.encodedSize();
      members.add(member);
    }
    if (size > Message.MAX_BODY_BYTES) {
      throw RocketMQException.invalid(
          "bytes of a batch", size, "at most " + Message.MAX_BODY_BYTES);
    }
    return new OutgoingBatch(group, 0, clock.currentTimeMillis(), members, options.template());
  }

  /**
   * Messages that leave together, of one system flag. Those that were made at another time than the
   * first say so themselves.
   */
  OutgoingBatch together(List<PendingSend> sends) {
    OutgoingMessage first = sends.getFirst().content();
    List<SendBatch.Member> members = new ArrayList<>(sends.size());
    for (PendingSend send : sends) {
      OutgoingMessage each = send.content();
      members.add(
          each.bornMillis() == first.bornMillis()
              ? each.content()
              : each.content()
                  .with(PropertyNames.BORN_TIMESTAMP, Long.toString(each.bornMillis())));
    }
    return new OutgoingBatch(
        group, first.systemFlags(), first.bornMillis(), members, options.template());
  }

  /** No name comes twice: an application may set none of those that are ours. */
  private static MessageProperties.Text properties(Message message, String id) {
    MessageProperties.Text all = new MessageProperties.Text();
    message.properties().forEach(all::put);
    if (!message.keys().isEmpty()) {
      all.put(PropertyNames.KEYS, String.join(" ", message.keys()));
    }
    message.tag().ifPresent(tag -> all.put(PropertyNames.TAGS, tag));
    message.shardingKey().ifPresent(key -> all.put(PropertyNames.SHARDING_KEY, key));
    message
        .delayLevel()
        .ifPresent(level -> all.put(PropertyNames.DELAY_LEVEL, Integer.toString(level)));
    message
        .deliverAt()
        .ifPresent(time -> all.put(PropertyNames.DELIVER_AT, Long.toString(time.toEpochMilli())));
    return all.put(PropertyNames.WAIT, Boolean.toString(message.waitForStore()))
        .put(PropertyNames.UNIQUE_ID, id);
  }
}
