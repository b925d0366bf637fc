package dev.sluice.rocketmq.wire;

/**
 * How a command's header is written. A server answers in the form that it is configured for,
 * whatever the request came in, so that both must be read.
 */
public enum HeaderForm {
  /** One JSON object. */
  JSON(0),
  /** Numbers and length-prefixed strings; called {@code ROCKETMQ} in RocketMQ's configuration. */
  BINARY(1);

  private final int number;

  HeaderForm(int number) {
    this.number = number;
  }

  /** The number in the top byte of the header length. */
  public int number() {
    return number;
  }
}
