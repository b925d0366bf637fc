package dev.sluice.compatibility;

/** Why an answer may differ; the last cell of a row in docs/rocketmq-v2.md. */
enum Reason {
  BLAME("the caller can tell its own mistake from the server's"),
  NO_TRANSACTION("there is no transaction to end by it"),
  NOTHING_DELIVERED("nothing was delivered"),
  COMES_AGAIN("the client can tell when the message comes again"),
  MADE_BY_SENDING("so the broker does for its other clients"),
  DAMAGED("a message that was damaged on its way is not delivered as a good one"),
  READ_WHY("the client reads why, and need not open another stream to be told again"),
  NO_ADDRESS("a queue without an address cannot be reached"),
  GOODBYE("there is nothing to go wrong when a client leaves"),
  LITE("only groups that are bound to a topic have lite topics"),
  UNIMPLEMENTED("the protocol has them"),
  RESTART("clients do that every few minutes at best"),
  GO_ON("there are clients that go on with the handle of the answer, whatever its status"),
  ITS_OWN("an acknowledgement ends a message of its own topic and group, and no other");

  private final String text;

  Reason(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
