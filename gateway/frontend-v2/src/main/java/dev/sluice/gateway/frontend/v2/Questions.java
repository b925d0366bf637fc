package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.proto.v2.TelemetryCommand.CommandCase;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What clients were asked on their telemetry streams and have not answered. Each question has a
 * nonce that nobody can guess, and only the client that was asked answers it, on whichever of its
 * streams. Safe for use by any thread.
 */
final class Questions {

  /** The most that are open at once. */
  static final int MOST = 4096;

  // A question leaves with its answer, or is withdrawn by who asked it.
  private final ConcurrentHashMap<String, Question> open = new ConcurrentHashMap<>();

  private record Question(
      Clients.Key client, CommandCase answer, Consumer<TelemetryCommand> taker) {}

  /**
   * Opens a question, which whoever opens it asks then.
   *
   * @param answer what the answer is in
   * @param taker takes the answer, at most once, on any thread
   * @return the nonce, or null where too many are open
   */
  @Nullable String open(Clients.Key client, CommandCase answer, Consumer<TelemetryCommand> taker) {
    // Some more than the most where many are opened at once does no harm.
    if (open.size() >= MOST) {
      return null;
    }
    String nonce = UUID.randomUUID().toString();
    open.put(nonce, new Question(client, answer, taker));
    return nonce;
  }

  /** Nobody waits for the answer any more. */
  void withdraw(String nonce) {
    open.remove(nonce);
  }

  /** What a client says is an answer; passed over where it is not. */
  void answered(Clients.Key by, String nonce, TelemetryCommand answer) {
    Question question = open.get(nonce);
    if (question != null
        && question.client.equals(by)
        && question.answer == answer.getCommandCase()
        && open.remove(nonce, question)) {
      question.taker.accept(answer);
    }
  }

  int size() {
    return open.size();
  }
}
