package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;

/**
 * Ends a transaction ({@link RequestCode#END_TRANSACTION}). Brokers do what they are told each
 * time: two commits deliver twice, and a commit delivers also after a rollback.
 *
 * @param half what was stored
 * @param resolution what becomes of it; no answer comes to {@link Resolution#UNKNOWN}
 * @param fromCheck whether the broker asked. Otherwise it refuses, with {@link
 *     ResponseCode#ILLEGAL_OPERATION}, to end a transaction whose own {@linkplain
 *     PropertyNames#CHECK_IMMUNITY_SECONDS time} is over
 */
public record EndTransaction(HalfMessage half, Resolution resolution, boolean fromCheck)
    implements Request<Done> {

  /** What becomes of a half message. */
  public enum Resolution {
    /** It is delivered. */
    COMMIT(SystemFlags.TRANSACTION_COMMIT),
    /** It is dropped. */
    ROLLBACK(SystemFlags.TRANSACTION_ROLLBACK),
    /** Not known yet: the broker asks again. */
    UNKNOWN(0);

    private final int code;

    Resolution(int code) {
      this.code = code;
    }
  }

  @Override
  public int code() {
    return RequestCode.END_TRANSACTION;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("topic", half.topic())
        .field("producerGroup", half.producerGroup())
        .field("tranStateTableOffset", half.queueOffset())
        .field("commitLogOffset", half.commitLogOffset())
        .field("commitOrRollback", resolution.code)
        .field("fromTransactionCheck", fromCheck)
        .field("msgId", half.messageId())
        .field("transactionId", half.messageId())
        .field("bname", half.brokerName());
  }

  @Override
  public Done read(RemotingCommand response) {
    response.requireSuccess(code());
    return Done.DONE;
  }
}
