package dev.sluice.gateway.core;

import dev.sluice.gateway.core.spi.Loop;
import dev.sluice.gateway.core.spi.Loops;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;

/** One part for each loop, made at once; each part is only touched on its loop. */
final class PerLoop<T> {

  interface Maker<T> {
    T make(Loop loop, int index);
  }

  private final IdentityHashMap<Loop, T> byLoop = new IdentityHashMap<>();
  private final List<Loop> loops;
  private final List<T> parts = new ArrayList<>();

  PerLoop(Loops loops, Maker<T> maker) {
    this.loops = List.copyOf(loops.all());
    for (int i = 0; i < this.loops.size(); i++) {
      T part = maker.make(this.loops.get(i), i);
      parts.add(part);
      byLoop.put(this.loops.get(i), part);
    }
  }

  T of(Loop loop) {
    return Objects.requireNonNull(byLoop.get(loop), "not one of the gateway's loops");
  }

  T at(int index) {
    return parts.get(index);
  }

  List<T> all() {
    return parts;
  }

  Loop loop(int index) {
    return loops.get(index);
  }

  int size() {
    return parts.size();
  }
}
