package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OpenTransaction;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.TransactionCheck;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.Checks;
import dev.sluice.gateway.upstreams.Digests;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewayMetrics.Operation;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Begins and ends transactions, and answers what message systems ask or finds who can. */
final class Transactions implements TransactionPath {

  /** How long a message system may take to ask about a commit that was not confirmed. */
  private static final Duration ASKED_WITHIN = Duration.ofMinutes(5);

  private static final int MOST_REMEMBERED = 10_000;

  /** Whoever opens a checker without a session sees to its end. */
  private static final CheckFlow.Owner UNOWNED =
      new CheckFlow.Owner() {
        @Override
        public boolean isOpen() {
          return true;
        }

        @Override
        public void over(CheckFlow checker) {}
      };

  private final Instance instance;
  private final Tally pending;
  private final AtomicLong bytesPending = new AtomicLong();
  private final EndedTransactions ended = new EndedTransactions(MOST_REMEMBERED);
  private final Checkers checkers = new Checkers();
  private final Linger linger;

  Transactions(Instance instance) {
    this.instance = instance;
    this.pending = instance.ledger().tally(ResourceKinds.PENDING_TRANSACTION, "transaction path");
    this.linger = new Linger(instance.loops().all().getFirst(), ASKED_WITHIN);
  }

  @Override
  public void begin(
      Caller caller,
      UpstreamLease lease,
      OutboundMessage message,
      Mode mode,
      Duration checkAfter,
      Completion<Transaction> completion) {
    long owner = owner(caller.name(), lease);
    var begin = new Begin(SharedUpstream.of(lease), message, mode, owner, completion);
    if (!instance.accepting().get()) {
      completion.failed(Instance.closing());
    } else if (checkAfter.isNegative() || checkAfter.compareTo(MAX_CHECK_AFTER) > 0) {
      completion.failed(
          GatewayException.invalid(
              Subject.TRANSACTION,
              "time until the first check: "
                  + Checks.text(checkAfter)
                  + " (expected: 0s to "
                  + Checks.text(MAX_CHECK_AFTER)
                  + ")"));
    } else if (begin.isAdmitted()) {
      begin.begin(new TransactionNote(mode, owner).text(), checkAfter);
    }
  }

  private static long owner(String caller, UpstreamLease lease) {
    return Digests.hash(caller + '\n' + lease.spec().credentials().accessKey());
  }

  /** One message on its way to be stored, and committed where nobody else does. */
  private final class Begin {
    private final SharedUpstream shared;
    private final OutboundMessage message;
    private final Mode mode;
    private final long owner;
    private final Completion<Transaction> completion;
    private final long since = instance.clock().nanoTime();

    Begin(
        SharedUpstream shared,
        OutboundMessage message,
        Mode mode,
        long owner,
        Completion<Transaction> completion) {
      this.shared = shared;
      this.message = message;
      this.mode = mode;
      this.owner = owner;
      this.completion = completion;
    }

    /** Counts it as under way until it ends; refuses it where too much is. */
    boolean isAdmitted() {
      var bounds = instance.settings().send();
      int bytes = message.body().remaining();
      long others = bytesPending.getAndAdd(bytes);
      pending.add(1);
      if (pending.value() <= bounds.inFlightMessages()
          && (others == 0 || others + bytes <= bounds.inFlightBytes())) {
        return true;
      }
      instance.metrics().increment(Counter.OVERLOADS);
      failed(
          GatewayException.overloaded(
              "transactions: "
                  + pending.value()
                  + " and "
                  + (others + bytes)
                  + " bytes under way (expected: at most "
                  + bounds.inFlightMessages()
                  + " and "
                  + bounds.inFlightBytes()
                  + "); try again in a moment"));
      return false;
    }

    void begin(String note, Duration checkAfter) {
      shared.use(
          new Completion<>() {
            @Override
            public void done(ActiveUpstream active) {
              begin(active, note, checkAfter);
            }

            @Override
            public void failed(GatewayException failure) {
              Begin.this.failed(failure);
            }
          });
    }

    private void begin(ActiveUpstream active, String note, Duration checkAfter) {
      if (!active.capabilities().transactions()) {
        failed(
            new GatewayException(
                ErrorCategory.UNSUPPORTED,
                Subject.TRANSACTION,
                "transactions: "
                    + active.capabilities().kind()
                    + " has none here (expected: one that takes them)"));
        return;
      }
      Duration timeout = instance.settings().send().timeout();
      shared.call(
          (upstream, done) -> upstream.begin(message, note, checkAfter, timeout, done),
          new Completion<OpenTransaction>() {
            @Override
            public void done(OpenTransaction begun) {
              stored(begun);
            }

            @Override
            public void failed(GatewayException failure) {
              Begin.this.failed(failure);
            }
          });
    }

    private void stored(OpenTransaction begun) {
      instance.metrics().increment(Counter.MESSAGES_SENT);
      instance.metrics().topics().succeeded(message.topic(), Count.SENT, 1);
      instance.metrics().increment(Counter.TRANSACTIONS_BEGUN);
      switch (mode) {
        case MANUAL -> done(begun);
        case AUTO -> commit(begun);
      }
    }

    private void commit(OpenTransaction begun) {
      shared.call(
          (upstream, done) -> upstream.end(begun.handle(), Resolution.COMMIT, done),
          new Completion<Void>() {
            @Override
            public void done(Void nothing) {
              instance.metrics().increment(Counter.TRANSACTIONS_COMMITTED);
              Begin.this.done(begun);
            }

            @Override
            public void failed(GatewayException failure) {
              linger.on(shared);
              Begin.this.failed(
                  new GatewayException(
                      ErrorCategory.UNKNOWN_OUTCOME,
                      Subject.TRANSACTION,
                      "message "
                          + begun.messageId()
                          + " is stored, and committed when the message system asks for it: "
                          + failure.getMessage(),
                      failure));
            }
          });
    }

    private void done(OpenTransaction begun) {
      over(true);
      String id = sealed(shared, owner, mode, begun.messageId(), begun.handle());
      completion.done(new Transaction(begun.messageId(), id));
    }

    private void failed(GatewayException failure) {
      over(false);
      instance.metrics().increment(Counter.SEND_FAILURES);
      instance.metrics().topics().failed(message.topic(), Count.SEND_FAILURES);
      if (failure.category() == ErrorCategory.UNKNOWN_OUTCOME) {
        instance.metrics().increment(Counter.UNKNOWN_OUTCOMES);
      }
      completion.failed(failure);
    }

    private void over(boolean success) {
      bytesPending.addAndGet(-message.body().remaining());
      pending.remove(1);
      long took = instance.clock().nanoTime() - since;
      instance.metrics().latencies().record(Operation.SEND, took, success);
    }
  }

  private String sealed(
      SharedUpstream shared, long owner, Mode mode, String messageId, String handle) {
    return new TransactionId(shared.endpointHash(), owner, mode, messageId, handle)
        .seal(instance.sealer());
  }

  @Override
  public void end(
      Caller caller,
      UpstreamLease lease,
      String transactionId,
      Resolution resolution,
      Completion<Void> completion) {
    SharedUpstream shared = SharedUpstream.of(lease);
    TransactionId id;
    Resolution telling;
    try {
      instance.requireAccepting();
      id = open(shared, owner(caller.name(), lease), transactionId);
      telling = resolution == Resolution.UNKNOWN ? resolution : ended.claim(id, resolution);
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    }
    if (telling == null) {
      Completion.succeed(completion);
      return;
    }
    shared.call(
        (upstream, done) -> upstream.end(id.handle(), telling, done),
        new Completion<Void>() {
          @Override
          public void done(Void nothing) {
            ended.end(id);
            count(telling);
            Completion.succeed(completion);
          }

          @Override
          public void failed(GatewayException failure) {
            ended.giveUp(id);
            completion.failed(failure);
          }
        });
  }

  private TransactionId open(SharedUpstream shared, long owner, String sealed) {
    TransactionId id = TransactionId.open(instance.sealer(), sealed);
    if (id.endpointHash() != shared.endpointHash() || id.owner() != owner) {
      throw TransactionId.unknown();
    }
    if (id.mode() == Mode.AUTO) {
      throw new GatewayException(
          ErrorCategory.FAILED_PRECONDITION,
          Subject.TRANSACTION,
          "transaction: is committed by the gateway (expected: one begun in manual mode)");
    }
    return id;
  }

  private void count(Resolution resolution) {
    switch (resolution) {
      case COMMIT -> instance.metrics().increment(Counter.TRANSACTIONS_COMMITTED);
      case ROLLBACK -> instance.metrics().increment(Counter.TRANSACTIONS_ROLLED_BACK);
      case UNKNOWN -> {}
    }
  }

  // Checks.

  @Override
  public CheckStream checks(
      Caller caller, UpstreamLease lease, Set<String> topics, CheckSink sink) {
    instance.requireAccepting();
    CheckFlow checker = checker(caller.name(), lease, topics, sink, UNOWNED);
    checker.start();
    return checker;
  }

  /** Makes a checker on the calling loop; begun by {@link CheckFlow#start}. */
  CheckFlow checker(LiveProducer producer, CheckSink sink, CheckFlow.Owner session) {
    return checker(producer.owner(), producer.lease(), Set.of(producer.topic()), sink, session);
  }

  private CheckFlow checker(
      String caller,
      UpstreamLease lease,
      Set<String> topics,
      CheckSink sink,
      CheckFlow.Owner session) {
    SharedUpstream shared = SharedUpstream.of(lease);
    long owner = owner(caller, lease);
    List<Checkers.Key> keys =
        topics.stream()
            .map(topic -> new Checkers.Key(shared.endpointHash(), owner, topic))
            .toList();
    String what = topics.size() == 1 ? topics.iterator().next() : topics.size() + " topics";
    return checkers.open(instance, shared, keys, what, sink, session);
  }

  /** A message system asks; see {@link SharedUpstream.CheckListener}. */
  void asked(SharedUpstream shared, TransactionCheck check) {
    instance.metrics().increment(Counter.TRANSACTION_CHECKS);
    TransactionNote note = TransactionNote.read(check.note()).orElse(null);
    boolean answered =
        note != null
            && switch (note.mode()) {
              case AUTO -> commit(shared, check);
              case MANUAL -> give(shared, note, check);
            };
    if (!answered) {
      instance.metrics().increment(Counter.TRANSACTION_CHECKS_UNANSWERED);
    }
  }

  /** Where this fails it is asked again. */
  private boolean commit(SharedUpstream shared, TransactionCheck check) {
    shared.call(
        (upstream, done) -> upstream.end(check.handle(), Resolution.COMMIT, done),
        new Completion<Void>() {
          @Override
          public void done(Void nothing) {
            instance.metrics().increment(Counter.TRANSACTIONS_COMMITTED);
          }

          @Override
          public void failed(GatewayException failure) {
            linger.on(shared);
          }
        });
    return true;
  }

  private boolean give(SharedUpstream shared, TransactionNote note, TransactionCheck check) {
    OutboundMessage message = check.message();
    String id =
        sealed(
            shared,
            note.owner(),
            Mode.MANUAL,
            Objects.requireNonNullElse(message.id(), ""),
            check.handle());
    return checkers.give(
        new Checkers.Key(shared.endpointHash(), note.owner(), message.topic()),
        new CheckSink.Check(id, message));
  }

  /** How many are being begun. */
  long pending() {
    return pending.value();
  }

  /** Lets go of the upstreams that were kept open. */
  void close() {
    linger.close();
    pending.close();
  }
}
