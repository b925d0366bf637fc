package dev.sluice.lifecycle;

import java.util.concurrent.atomic.LongAdder;

/** What of one kind was dropped unclosed. */
record KindCounts(String kind, LongAdder leaks) {

  KindCounts(String kind) {
    this(kind, new LongAdder());
  }
}
