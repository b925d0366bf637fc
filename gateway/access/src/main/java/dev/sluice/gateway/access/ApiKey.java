package dev.sluice.gateway.access;

import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.Quota;

/**
 * A key that lets its holder in, under a name that it may share with a key that follows it. What
 * the name may have is counted for all of its keys together. Does not know the key itself, and
 * shows the name alone.
 */
final class ApiKey implements Caller {

  private final String name;
  private final Account account;

  ApiKey(String name, Account account) {
    this.name = name;
    this.account = account;
  }

  Account account() {
    return account;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Quota sessions() {
    return account.sessions();
  }

  @Override
  public Quota streams() {
    return account.streams();
  }

  @Override
  public void charge(int requests) {
    account.charge(requests);
  }

  @Override
  public String toString() {
    return "ApiKey[" + name + "]";
  }
}
