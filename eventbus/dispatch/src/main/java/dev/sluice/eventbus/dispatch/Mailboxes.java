package dev.sluice.eventbus.dispatch;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The mailboxes by their keys. Guarded by the board. */
final class Mailboxes<T> {

  // Removed by the board as soon as nothing is in it and nothing of it runs; so there are no more
  // than items that are unresolved and handlers that run.
  private final Map<String, Mailbox<T>> byKey = new HashMap<>();

  /** That of a key; a new one for what has none. */
  Mailbox<T> of(@Nullable String key) {
    return key == null ? new Mailbox<>(null) : byKey.computeIfAbsent(key, Mailbox::new);
  }

  void remove(Mailbox<T> mailbox) {
    if (mailbox.key != null) {
      byKey.remove(mailbox.key);
    }
  }

  int size() {
    return byKey.size();
  }
}
