package dev.sluice.rocketmq.requests;

/** The answer of a request whose success says no more than that. */
public enum Done {
  /** It is done. */
  DONE
}
