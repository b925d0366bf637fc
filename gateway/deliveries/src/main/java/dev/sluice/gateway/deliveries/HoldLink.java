package dev.sluice.gateway.deliveries;

/** A place in one of the lists of a {@link HoldWheel}; by itself, the head of an empty one. */
sealed class HoldLink permits Held {

  private HoldLink previous = this;
  private HoldLink next = this;

  HoldLink() {}

  final boolean isLinked() {
    return next != this;
  }

  final HoldLink next() {
    return next;
  }

  final void unlink() {
    previous.next = next;
    next.previous = previous;
    next = this;
    previous = this;
  }

  /** Goes to the end of the list with this head. */
  final void linkTo(HoldLink head) {
    previous = head.previous;
    next = head;
    previous.next = this;
    head.previous = this;
  }
}
