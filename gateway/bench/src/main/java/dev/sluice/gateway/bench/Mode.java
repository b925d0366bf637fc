package dev.sluice.gateway.bench;

/** What becomes of a message, and so what is measured. */
public enum Mode {
  /** It is sent; its latency ends with the gateway's answer that it is stored. */
  SEND("send"),

  /**
   * A consumer gets it too, and acknowledges it; its latency ends with its arrival there. What the
   * sender waits for is measured beside that.
   */
  SEND_RECEIVE("send-receive");

  private final String word;

  Mode(String word) {
    this.word = word;
  }

  /** How the command line and reports call it. */
  public String word() {
    return word;
  }
}
