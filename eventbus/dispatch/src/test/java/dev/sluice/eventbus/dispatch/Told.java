package dev.sluice.eventbus.dispatch;

import java.util.ArrayList;
import java.util.List;

/** An owner that remembers what it was told. */
final class Told implements FlowOwner<String> {

  int rooms;
  final List<String> resolved = new ArrayList<>();

  @Override
  public synchronized void onRoom() {
    rooms++;
  }

  @Override
  public synchronized void onResolved(Item<String> item, Resolution resolution) {
    resolved.add(item.message() + " " + resolution);
  }
}
