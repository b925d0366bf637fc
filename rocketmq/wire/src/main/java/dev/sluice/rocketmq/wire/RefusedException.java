package dev.sluice.rocketmq.wire;

import org.jspecify.annotations.Nullable;

/**
 * A definite answer of a broker or name server that means no: a response code that the request does
 * not count as success. The connection is sound and nothing else on it is affected.
 */
public final class RefusedException extends WireException {
  private static final long serialVersionUID = 1L;

  private final int requestCode;
  private final int responseCode;
  private final @Nullable String remark;

  /** A refusal of the request with this code. */
  public RefusedException(int requestCode, int responseCode, @Nullable String remark) {
    super(
        Reason.REFUSED,
        RequestCode.name(requestCode)
            + ": "
            + ResponseCode.name(responseCode)
            + (remark == null ? "" : " (" + remark + ")"));
    this.requestCode = requestCode;
    this.responseCode = responseCode;
    this.remark = remark;
  }

  /** The code of the request; see {@link RequestCode}. */
  public int requestCode() {
    return requestCode;
  }

  /** The code of the answer; see {@link ResponseCode}. */
  public int responseCode() {
    return responseCode;
  }

  /** The text that came with the answer, written for people. */
  public @Nullable String remark() {
    return remark;
  }
}
