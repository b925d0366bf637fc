package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.Tracked;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A claim to a {@link SharedUpstream}. */
final class Lease implements UpstreamLease {

  private final SharedUpstream shared;
  private final Idle idle;
  private @Nullable Tracked tracked;
  private final AtomicBoolean open = new AtomicBoolean(true);

  Lease(SharedUpstream shared, Idle idle) {
    this.shared = shared;
    this.idle = idle;
  }

  /** Its entry in the ledger, closed with it; given once, before it is handed out. */
  void trackedBy(Tracked entry) {
    tracked = entry;
  }

  SharedUpstream shared() {
    return shared;
  }

  boolean isOpen() {
    return open.get();
  }

  @Override
  public UpstreamSpec spec() {
    return shared.spec();
  }

  @Override
  public Endpoint endpoint() {
    return shared.endpoint();
  }

  @Override
  public @Nullable ActiveUpstream current() {
    return open.get() ? shared.current() : null;
  }

  @Override
  public void use(Completion<ActiveUpstream> completion) {
    if (open.get()) {
      shared.use(completion);
    } else {
      completion.failed(SharedUpstream.closed(shared.endpoint()));
    }
  }

  @Override
  public void group(String group, Completion<ConsumerGroup> completion) {
    if (open.get()) {
      shared.group(group, completion);
    } else {
      completion.failed(SharedUpstream.closed(shared.endpoint()));
    }
  }

  @Override
  public void answer(MemberInquiries inquiries) {
    shared.answer(inquiries);
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      shared.release(idle);
      if (tracked != null) {
        tracked.close();
      }
    }
  }
}
