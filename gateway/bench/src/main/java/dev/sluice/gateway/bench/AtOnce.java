package dev.sluice.gateway.bench;

/** A message is due whenever there is room for it. */
final class AtOnce implements Pacing {
  @Override
  public long due(long now) {
    return now;
  }

  @Override
  public void begun() {
    // The next one is due as well.
  }

  @Override
  public void missed(long end, Missed each) {
    // What is due when there is room cannot be late.
  }
}
