package dev.sluice.endtoend;

import dev.sluice.gateway.proto.proxy.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What consumers of one ordered group are given, all of them together: bodies are {@code
 * key:number}, with numbers from 0. A message may come only when the one before it with its key was
 * acknowledged; what is not known to be acknowledged may come again, and what follows it after it.
 * For any thread.
 */
final class KeyOrder {

  private final Map<String, Integer> last = new HashMap<>();
  private final Set<String> acknowledged = new HashSet<>();
  private final Set<String> seen = new HashSet<>();
  private final List<String> violations = new ArrayList<>();
  private int repetitions;

  /** A message came; called before anything is done with it. */
  synchronized void came(Message message) {
    String body = message.getMessageBody();
    String key = body.substring(0, body.indexOf(':'));
    int number = Integer.parseInt(body.substring(key.length() + 1));
    int before = last.getOrDefault(key, -1);
    if (number > before + 1) {
      violations.add(body + " came after " + key + ":" + before);
    } else if (number == before + 1 && number > 0 && !acknowledged.contains(key + ":" + before)) {
      violations.add(body + " came before " + key + ":" + before + " was acknowledged");
    }
    if (!seen.add(body)) {
      repetitions++;
    }
    last.put(key, number);
    acknowledged.remove(body);
  }

  /** It is acknowledged; called before the gateway is told. */
  synchronized void acknowledging(Message message) {
    acknowledged.add(message.getMessageBody());
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** How many different ones came. */
  synchronized int seen() {
    return seen.size();
  }

  /** How many came that had come before. */
  synchronized int repetitions() {
    return repetitions;
  }
}
