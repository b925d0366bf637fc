package dev.sluice.rocketmq.group;

/** Who of a group's members gets a message. */
public enum ConsumeModel {
  /** One of them; the brokers keep how far the group is. */
  CLUSTERING,
  /** Each of them; each keeps in a file how far it is, and what fails does not come again. */
  BROADCASTING
}
