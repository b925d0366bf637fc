package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.gateway.upstreams.Rights;
import java.util.Optional;

/** A caller with these rights and credentials, and no limits. */
record NamedCaller(String name, Rights rights, Optional<Credentials> credentials)
    implements Caller {

  static NamedCaller with(Rights rights) {
    return new NamedCaller("User:alice", rights, Optional.empty());
  }

  @Override
  public Quota sessions() {
    return Quota.UNLIMITED;
  }

  @Override
  public Quota streams() {
    return Quota.UNLIMITED;
  }

  @Override
  public void charge(int requests) {}
}
