package dev.sluice.eventbus.dispatch;

import java.util.Objects;

/** What the owner of a flow holds. */
record OpenFlow<T>(MailboxDispatcher<T> dispatcher, Board<T> board, Epoch<T> epoch)
    implements Flow<T> {

  @Override
  public boolean offer(Item<T> item) {
    return dispatcher.offer(epoch, Objects.requireNonNull(item, "item"));
  }

  @Override
  public long frontier() {
    return board.frontier(epoch);
  }

  @Override
  public int unresolved() {
    return board.unresolved(epoch);
  }

  @Override
  public long revoke() {
    return dispatcher.revoke(epoch);
  }

  @Override
  public String toString() {
    return "flow " + epoch.name;
  }
}
