package dev.sluice.eventbus.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A dead-letter target that does as it is told. */
final class Target implements DeadLetterTarget<String> {

  enum Mood {
    UP,
    DOWN,
    THROWING,
    HANGING
  }

  /** A question that is not answered. */
  record Asked(Item<String> item, int attempts, Throwable last, CompletableFuture<String> answer) {}

  volatile Mood mood = Mood.UP;
  final List<String> stored = new ArrayList<>();
  final List<Asked> hanging = new ArrayList<>();
  int asked;

  @Override
  public synchronized CompletionStage<?> store(Item<String> item, int attempts, Throwable last) {
    asked++;
    return switch (mood) {
      case UP -> {
        stored.add(item.message());
        yield CompletableFuture.completedFuture("stored");
      }
      case DOWN -> CompletableFuture.failedFuture(new IllegalStateException("down"));
      case THROWING -> throw new IllegalStateException("down, and rude");
      case HANGING -> {
        var answer = new CompletableFuture<String>();
        hanging.add(new Asked(item, attempts, last, answer));
        yield answer;
      }
    };
  }
}
