package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks every master that the name servers know, and goes on with what those say that can be
 * reached: a broker that has died stays known for a while.
 */
final class MasterCalls {
  private final AdminCalls admin;
  private final CallRouter router;
  private final long timeoutMillis;

  /** As the name servers told last. */
  private volatile List<AdminCalls.Master> known = List.of();

  MasterCalls(AdminCalls admin, CallRouter router, RemotingOptions options) {
    this.admin = admin;
    this.router = router;
    this.timeoutMillis = options.callTimeout().toMillis();
  }

  /**
   * What came of asking all masters.
   *
   * @param all what those answered that did
   * @param failure the first failure of the others, or null
   */
  record Answers<R>(List<R> all, @Nullable ClientException failure) {}

  /**
   * Asks all of them, or those known before while no name server can be reached; fails only where
   * the name servers know none, or have never told of any. Called on an event loop or not; called
   * back on one.
   */
  <R> void each(Request<R> request, Commands.Effect effect, Reply<Answers<R>> reply) {
    admin.masters(
        new Reply<>() {
          @Override
          public void done(List<AdminCalls.Master> masters) {
            known = masters;
            if (masters.isEmpty()) {
              reply.failed(
                  ClientException.of(
                      FailureCategory.UNAVAILABLE, "the name servers know no master now"));
            } else {
              ask(masters, request, effect, reply);
            }
          }

          @Override
          public void failed(ClientException failure) {
            List<AdminCalls.Master> before = known;
            if (before.isEmpty()) {
              reply.failed(failure);
            } else {
              ask(before, request, effect, reply);
            }
          }
        });
  }

  private <R> void ask(
      List<AdminCalls.Master> masters,
      Request<R> request,
      Commands.Effect effect,
      Reply<Answers<R>> reply) {
    Collecting<R> collecting = new Collecting<>(masters.size(), reply);
    for (AdminCalls.Master master : masters) {
      router.call(master.endpoint(), request, effect, timeoutMillis, collecting);
    }
  }

  /** Takes what was answered, where anything was. */
  static <R> Reply<Answers<R>> answers(Reply<List<R>> reply) {
    return Replies.then(
        reply,
        answers -> {
          ClientException failure = answers.failure();
          if (answers.all().isEmpty() && failure != null) {
            reply.failed(failure);
          } else {
            reply.done(answers.all());
          }
        });
  }

  /** Takes all replies, which come on one loop. */
  private static final class Collecting<R> implements Reply<R> {
    private final List<R> answers = new ArrayList<>();
    private final Reply<Answers<R>> reply;
    private int open;
    private @Nullable ClientException failure;

    Collecting(int calls, Reply<Answers<R>> reply) {
      this.open = calls;
      this.reply = reply;
    }

    @Override
    public void done(R value) {
      answers.add(value);
      over();
    }

    @Override
    public void failed(ClientException problem) {
      failure = failure == null ? problem : failure;
      over();
    }

    private void over() {
      if (--open == 0) {
        reply.done(new Answers<>(answers, failure));
      }
    }
  }
}
