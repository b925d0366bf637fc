package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import java.util.ArrayList;
import java.util.List;

/** One part for each loop, made at once; each part is only touched on its loop. */
public final class PerLoop<T> {

  /** Makes a loop's part. */
  @FunctionalInterface
  public interface Maker<T> {
    /** Called once for each loop, on the thread that makes them all. */
    T make(Loop loop, int index);
  }

  private final List<Loop> loops;
  private final List<T> parts = new ArrayList<>();

  public PerLoop(Loops loops, Maker<T> maker) {
    this.loops = List.copyOf(loops.all());
    for (int i = 0; i < this.loops.size(); i++) {
      parts.add(maker.make(this.loops.get(i), i));
    }
  }

  /** The part of a loop, which is one of the gateway's. */
  public T of(Loop loop) {
    return parts.get(loop.index());
  }

  /** The part of the loop with this position in {@link Loops#all}. */
  public T at(int index) {
    return parts.get(index);
  }

  /** All parts, in the order of their loops. */
  public List<T> all() {
    return parts;
  }

  /** The loop with this position. */
  public Loop loop(int index) {
    return loops.get(index);
  }

  /** How many loops there are. */
  public int size() {
    return parts.size();
  }
}
