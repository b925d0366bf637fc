package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.dispatch.Attempt.Interruption;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the board decides: starts and interrupts handlers, tells owners, asks the
 * dead-letter target. Holds no lock.
 */
final class MailboxDispatcher<T> implements KeyedDispatcher<T>, Wakes<T> {

  private static final Logger logger = LoggerFactory.getLogger(KeyedDispatcher.class);

  private final DispatchOptions options;
  private final ItemHandler<T> handler;
  private final DeadLetterTarget<T> deadLetters;
  private final DispatchRuntime runtime;
  private final Board<T> board;
  private final BoundedCloseable closing;

  MailboxDispatcher(
      DispatchOptions options,
      ItemHandler<T> handler,
      DeadLetterTarget<T> deadLetters,
      DispatchRuntime runtime) {
    this.options = Objects.requireNonNull(options, "options");
    this.handler = Objects.requireNonNull(handler, "handler");
    this.deadLetters = Objects.requireNonNull(deadLetters, "deadLetters");
    this.runtime = Objects.requireNonNull(runtime, "runtime");
    this.board = new Board<>(options, runtime, this);
    this.closing = new Closing<>(options.name(), runtime, board, this::carryOut).stages();
  }

  @Override
  public Flow<T> open(String name, FlowOwner<T> owner) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(owner, "owner");
    return new OpenFlow<>(this, board, board.open(name, owner));
  }

  boolean offer(Epoch<T> epoch, Item<T> item) {
    var effects = new Effects<T>();
    boolean taken = board.offer(epoch, item, runtime.clock().nanoTime(), effects);
    carryOut(effects);
    return taken;
  }

  long revoke(Epoch<T> epoch) {
    var effects = new Effects<T>();
    long frontier = board.revoke(epoch, effects);
    carryOut(effects);
    return frontier;
  }

  private void run(Attempt<T> attempt) {
    var effects = new Effects<T>();
    if (!attempt.enter(runtime.clock().nanoTime())) {
      board.notBegun(attempt, effects);
      carryOut(effects);
      return;
    }
    Throwable failure = handle(attempt);
    Interruption interruption = attempt.leave();
    if (interruption == Interruption.OVERDUE) {
      failure = overdue(failure);
    }
    if (failure != null) {
      logger.debug(
          "{}: attempt {} failed, {}",
          options.name(),
          attempt.number,
          attempt.entry.place(),
          failure);
      board.failed(attempt, failure, Owners.reason(failure), effects);
    } else {
      if (board.handled(attempt)) {
        Owners.resolved(attempt.entry, Resolution.HANDLED);
      }
      board.left(attempt, effects);
    }
    carryOut(effects);
  }

  // Errors count as failures too: one item must not end what handles all others.
  private @Nullable Throwable handle(Attempt<T> attempt) {
    try {
      handler.handle(attempt.entry.item, attempt.number);
      return null;
    } catch (Throwable failure) {
      return failure;
    }
  }

  private Throwable overdue(@Nullable Throwable thrown) {
    var failure = new TimeoutException("handler: not done after " + options.handlerTimeout());
    if (thrown != null) {
      failure.addSuppressed(thrown);
    }
    return failure;
  }

  private void carryOut(Effects<T> effects) {
    for (Effects.Interrupt each : effects.interrupts) {
      each.attempt().interrupt(each.why());
    }
    for (Attempt<T> each = effects.nextStart(); each != null; each = effects.nextStart()) {
      start(each, effects);
    }
    effects.roomy.forEach(Owners::room);
    if (effects.parked != null) {
      report(effects.parked);
    }
    if (effects.burial != null) {
      ask(effects.burial);
    }
    effects.quiet.forEach(each -> each.complete(null));
  }

  private void start(Attempt<T> attempt, Effects<T> effects) {
    try {
      runtime.threads().execute(() -> run(attempt));
    } catch (Throwable failure) {
      logger.error("No thread for {}", attempt.entry.place(), failure);
      board.notStarted(attempt, effects);
    }
  }

  private void report(Parked parked) {
    if (parked.wholeFlow()) {
      logger.error("{}: stalled, {}", options.name(), parked);
    } else {
      logger.warn("{}: parked, {}", options.name(), parked);
    }
  }

  private void ask(Burial<T> burial) {
    Entry<T> entry = burial.entry;
    CompletionStage<?> storing;
    try {
      storing = deadLetters.store(entry.item, burial.attempts, burial.cause);
      storing.whenComplete((stored, failure) -> answered(burial, failure));
    } catch (Throwable failure) {
      answered(burial, failure);
    }
  }

  private void answered(Burial<T> burial, @Nullable Throwable failure) {
    var effects = new Effects<T>();
    if (failure != null) {
      logger.warn(
          "{}: the dead-letter target did not take {}",
          options.name(),
          burial.entry.place(),
          failure);
      board.notStored(burial, effects);
    } else if (board.stored(burial)) {
      Owners.resolved(burial.entry, Resolution.DEAD_LETTERED);
      board.told(burial.entry, effects);
    }
    carryOut(effects);
  }

  @Override
  public void rested(Entry<T> entry) {
    var effects = new Effects<T>();
    board.rested(entry, effects);
    carryOut(effects);
  }

  @Override
  public void paused(Burial<T> burial) {
    if (board.asksAgain(burial)) {
      ask(burial);
    }
  }

  @Override
  public void look() {
    var effects = new Effects<T>();
    board.look(effects);
    carryOut(effects);
  }

  @Override
  public List<Parked> parked() {
    return board.parked();
  }

  @Override
  public boolean retry(Parked parked) {
    var effects = new Effects<T>();
    boolean found = board.retry(parked, effects);
    carryOut(effects);
    return found;
  }

  @Override
  public boolean skip(Parked parked) {
    Entry<T> entry = board.skip(parked);
    if (entry == null) {
      return false;
    }
    Owners.resolved(entry, Resolution.SKIPPED);
    var effects = new Effects<T>();
    board.told(entry, effects);
    carryOut(effects);
    return true;
  }

  @Override
  public DispatchSnapshot inspect() {
    return board.inspect(runtime.clock().nanoTime());
  }

  /** How many keys there are that something is known of. */
  int mailboxes() {
    return board.mailboxes();
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  @Override
  public CloseReport close(Deadline deadline) {
    return closing.close(deadline);
  }
}
