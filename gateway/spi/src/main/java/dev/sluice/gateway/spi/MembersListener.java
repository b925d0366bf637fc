package dev.sluice.gateway.spi;

/** Hears that the members of groups have changed. */
@FunctionalInterface
public interface MembersListener {

  /**
   * Members of the group, which was joined here, have come or gone, or now ask for something else.
   * Perhaps told more than once of one change. Called on a loop; must not block and must not throw.
   */
  void changed(String group);
}
