package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.requests.SendReply;

/** How safely a broker has stored a message. In every case it is stored and will be delivered. */
public enum SendStatus {
  /** As the broker's flush and replication policy wants it. */
  OK,
  /** On the broker; its disk did not confirm in time. */
  FLUSH_DISK_TIMEOUT,
  /** On the broker; no replica confirmed in time. */
  FLUSH_SLAVE_TIMEOUT,
  /** On the broker; there is no replica, or it lags too far behind. */
  SLAVE_NOT_AVAILABLE;

  static SendStatus of(SendReply.Status status) {
    return switch (status) {
      case STORED -> OK;
      case FLUSH_DISK_TIMEOUT -> FLUSH_DISK_TIMEOUT;
      case FLUSH_REPLICA_TIMEOUT -> FLUSH_SLAVE_TIMEOUT;
      case REPLICA_NOT_AVAILABLE -> SLAVE_NOT_AVAILABLE;
    };
  }
}
