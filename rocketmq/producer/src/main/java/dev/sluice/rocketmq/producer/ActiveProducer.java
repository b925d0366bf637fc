package dev.sluice.rocketmq.producer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.OutgoingBatch;
import dev.sluice.rocketmq.remoting.OutgoingMessage;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Sending;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.HalfMessage;
import dev.sluice.rocketmq.requests.OffsetMessageId;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.runtime.ProducerGroups;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A producer between start and close: everything that it does needs what this has. */
final class ActiveProducer {
  /** How much longer than the call itself a caller waits, which is never needed. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final ProducerOptions options;
  private final RuntimeLease lease;
  private final ClientRuntime runtime;
  private final Namespace namespace;
  private final String group;
  private final Encoding encoding;
  private final SendPath path;
  private final @Nullable Coalescer coalescer;
  private final InFlight inFlight;
  private final ProducerGroups.Member member;

  private ActiveProducer(ProducerOptions options, RuntimeLease lease) {
    this.options = options;
    this.lease = lease;
    this.runtime = lease.runtime();
    this.namespace = new Namespace(options.client().namespace());
    this.group = namespace.wrap(options.group());
    this.encoding = new Encoding(options, group, runtime.clock());
    this.path = new SendPath(options, runtime);
    this.coalescer =
        options
            .coalescing()
            .map(limits -> new Coalescer(limits, runtime.loops(), path, this::sendTogether))
            .orElse(null);
    this.inFlight =
        new InFlight(
            options.maxInFlight(),
            runtime.ledger().tally("send", options.client().clientId() + ' ' + group));
    TransactionChecker checker = options.checker();
    this.member =
        runtime
            .producers()
            .join(group, checker == null ? null : new CheckBack(checker, runtime, namespace));
  }

  /** Starts a producer. */
  static ActiveProducer open(ProducerOptions options, ClientRuntimes runtimes) {
    RuntimeLease lease = runtimes.lease(options.client());
    return new ActiveProducer(options, lease);
  }

  ClientRuntime runtime() {
    return runtime;
  }

  /** Where futures that the application gets complete. */
  Ending.Delivery callbacks() {
    return runtime.handlers()::complete;
  }

  /** What closes this; closes also the entry of whoever has this. */
  BoundedCloseable closing(Tracked entry) {
    return StagedClose.named("producer of group " + options.group())
        .clock(runtime.clock())
        .action("refuse sends", inFlight::refuse)
        .stage("drain sends", 0.6, deadline -> inFlight.whenDrained())
        .action("end retries", this::endRetries)
        .stage("leave the group", 0.5, deadline -> member.leave())
        .child("runtime", lease)
        .action("free the count", inFlight::close)
        .action("leave the ledger", entry::close)
        .build();
  }

  CompletableFuture<SendResult> send(
      SendCall.Kind kind, Message message, QueueSelector selector, Ending.Delivery delivery) {
    if (options.interceptors().isEmpty()) {
      return single(kind, message, selector, delivery);
    }
    return intercepted(new SendCall(kind, List.of(message)), selector)
        .thenApply(
            results -> {
              if (results.size() != 1) {
                throw RocketMQException.of(
                    Category.INTERNAL,
                    "results of an interceptor: " + results.size() + " (expected: 1)");
              }
              return results.getFirst();
            })
        .toCompletableFuture();
  }

  CompletableFuture<List<SendResult>> sendBatch(
      List<Message> messages, QueueSelector selector, Ending.Delivery delivery) {
    if (messages.isEmpty()) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid("messages of a batch", 0, "at least 1"));
    }
    return options.interceptors().isEmpty()
        ? batch(messages, selector, delivery)
        : intercepted(new SendCall(SendCall.Kind.BATCH, messages), selector).toCompletableFuture();
  }

  /** Sends without an answer; the future, which only interceptors see, ends when it is written. */
  CompletableFuture<List<SendResult>> sendOneWay(Message message, QueueSelector selector) {
    return options.interceptors().isEmpty()
        ? oneWay(message, selector, Runnable::run)
        : intercepted(new SendCall(SendCall.Kind.ONE_WAY, List.of(message)), selector)
            .toCompletableFuture();
  }

  private CompletionStage<List<SendResult>> intercepted(SendCall call, QueueSelector selector) {
    SendInterceptor.Next next = sent -> dispatch(sent, selector);
    List<SendInterceptor> all = options.interceptors();
    for (int i = all.size() - 1; i >= 0; i--) {
      SendInterceptor interceptor = all.get(i);
      SendInterceptor.Next inner = next;
      next =
          sent -> {
            try {
              return interceptor.send(sent, inner);
            } catch (RocketMQException e) {
              return CompletableFuture.failedFuture(e);
            } catch (RuntimeException e) {
              return CompletableFuture.failedFuture(
                  RocketMQException.of(Category.INTERNAL, "an interceptor threw " + e, e));
            }
          };
    }
    return next.send(call);
  }

  private CompletionStage<List<SendResult>> dispatch(SendCall call, QueueSelector selector) {
    Message first = call.messages().getFirst();
    return switch (call.kind()) {
      case SINGLE, HALF -> single(call.kind(), first, selector, callbacks()).thenApply(List::of);
      case ONE_WAY -> oneWay(first, selector, callbacks());
      case BATCH -> batch(call.messages(), selector, callbacks());
    };
  }

  private CompletableFuture<SendResult> single(
      SendCall.Kind kind, Message message, QueueSelector selector, Ending.Delivery delivery) {
    return attempt(
        delivery,
        ending -> {
          String id = encoding.nextId();
          OutgoingMessage content = encoding.single(message, id, kind == SendCall.Kind.HALF);
          Coalescer lanes = coalescer;
          if (lanes != null && kind == SendCall.Kind.SINGLE && mayShare(message, selector)) {
            lanes.add(
                new PendingSend(
                    message,
                    namespace.wrap(message.topic()),
                    id,
                    content,
                    path.deadlineNanos(),
                    ending));
            return;
          }
          run(
              message,
              selector,
              options.client().attempts(),
              (queue, timeout, reply) -> sending().send(queue, content, timeout, reply),
              ending,
              (queue, reply) -> ending.done(SendResult.of(id, message.topic(), queue, reply)));
        });
  }

  /** Whether it may leave with others: it goes anywhere, now, and is waited for. */
  private boolean mayShare(Message message, QueueSelector selector) {
    return selector.equals(options.selector())
        && selector.isFree(message)
        && !message.isDelayed()
        && message.waitForStore();
  }

  /** Sends messages of one topic together, or one alone. */
  private void sendTogether(List<PendingSend> sends, Outcome outcome) {
    PendingSend first = sends.getFirst();
    Writing writing;
    if (sends.size() == 1) {
      OutgoingMessage content = first.content();
      writing = (queue, timeout, reply) -> sending().send(queue, content, timeout, reply);
    } else {
      OutgoingBatch content = encoding.together(sends);
      writing = (queue, timeout, reply) -> sending().sendBatch(queue, content, timeout, reply);
    }
    new SendAttempts(
            path,
            first.message(),
            first.topic(),
            options.selector(),
            options.client().attempts(),
            first.deadlineNanos(),
            writing,
            outcome)
        .begin();
  }

  private void endRetries() {
    path.endRetries();
    if (coalescer != null) {
      coalescer.close();
    }
  }

  private CompletableFuture<List<SendResult>> batch(
      List<Message> messages, QueueSelector selector, Ending.Delivery delivery) {
    return attempt(
        delivery,
        ending -> {
          Message first = messages.getFirst();
          List<String> ids = Stream.generate(encoding::nextId).limit(messages.size()).toList();
          OutgoingBatch content = encoding.batch(messages, ids);
          run(
              first,
              selector,
              options.client().attempts(),
              (queue, timeout, reply) -> sending().sendBatch(queue, content, timeout, reply),
              ending,
              (queue, reply) -> ending.done(results(ids, first.topic(), queue, reply)));
        });
  }

  private static List<SendResult> results(
      List<String> ids, String topic, TopicQueue queue, SendReply reply) {
    return IntStream.range(0, ids.size())
        .mapToObj(i -> SendResult.member(i, ids.get(i), topic, queue, reply))
        .toList();
  }

  private CompletableFuture<List<SendResult>> oneWay(
      Message message, QueueSelector selector, Ending.Delivery delivery) {
    return attempt(
        delivery,
        ending -> {
          OutgoingMessage content = encoding.single(message, encoding.nextId(), false);
          run(
              message,
              selector,
              1,
              (queue, timeout, reply) ->
                  sending().sendOneWay(queue, content, timeout, written(queue, reply)),
              ending,
              (queue, reply) -> ending.done(new ArrayList<>()));
        });
  }

  /** No broker says anything of a message that is only written. */
  private static Reply<Done> written(TopicQueue queue, Reply<SendReply> reply) {
    return new Reply<>() {
      @Override
      public void done(Done value) {
        reply.done(new SendReply(SendReply.Status.STORED, List.of(""), queue.id(), -1, null, null));
      }

      @Override
      public void failed(ClientException failure) {
        reply.failed(failure);
      }
    };
  }

  private Sending sending() {
    return runtime.remoting().sending();
  }

  /** A step that ends by its ending. */
  @FunctionalInterface
  private interface Step<T> {
    void begin(Ending<T> ending);
  }

  private <T> CompletableFuture<T> attempt(Ending.Delivery delivery, Step<T> step) {
    try {
      inFlight.begin();
    } catch (RocketMQException e) {
      return CompletableFuture.failedFuture(e);
    }
    Ending<T> ending = new Ending<>(inFlight, delivery);
    try {
      step.begin(ending);
    } catch (RuntimeException e) {
      ending.failed(RocketMQException.from(e));
    }
    return ending.future;
  }

  private void run(
      Message message,
      QueueSelector selector,
      int attempts,
      Writing writing,
      Ending<?> ending,
      BiConsumer<TopicQueue, SendReply> stored) {
    new SendAttempts(
            path,
            message,
            namespace.wrap(message.topic()),
            selector,
            attempts,
            path.deadlineNanos(),
            writing,
            new Outcome() {
              @Override
              public void stored(TopicQueue queue, SendReply reply) {
                stored.accept(queue, reply);
              }

              @Override
              public void failed(RocketMQException failure) {
                ending.failed(failure);
              }
            })
        .begin();
  }

  /** Begins a transaction. */
  CompletableFuture<Transaction> begin(Message message) {
    if (options.checker() == null) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid(
              "checker", "none", "one, as brokers ask for transactions that nobody ends"));
    }
    if (message.isDelayed()) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid("message of a transaction", message, "no delay"));
    }
    return send(SendCall.Kind.HALF, message, options.selector(), Runnable::run)
        .thenApply(
            sent ->
                new DefaultTransaction(
                    this,
                    sent,
                    new HalfMessage(
                        sent.queue().broker(),
                        namespace.wrap(message.topic()),
                        group,
                        sent.messageId(),
                        sent.queueOffset(),
                        OffsetMessageId.commitLogOffset(sent.offsetMessageId()))));
  }

  /** Tells the broker what became of a transaction. */
  CompletableFuture<Void> end(
      HalfMessage half, TransactionOutcome outcome, Ending.Delivery delivery) {
    return this.<Done>attempt(
            delivery,
            ending ->
                runtime
                    .remoting()
                    .transactions()
                    .end(half, outcome.resolution(), false, callMillis(), ended(ending)))
        .thenAccept(done -> {});
  }

  /** Takes a delayed message back. */
  CompletableFuture<String> recall(String topic, String handle) {
    return attempt(
        Runnable::run,
        ending ->
            Recall.of(runtime.remoting(), group, namespace.wrap(topic), handle)
                .run(callMillis(), ended(ending)));
  }

  private long callMillis() {
    return options.client().callTimeout().toMillis();
  }

  private static <T> Reply<T> ended(Ending<T> ending) {
    return new Reply<>() {
      @Override
      public void done(T value) {
        ending.done(value);
      }

      @Override
      public void failed(ClientException failure) {
        ending.failed(RocketMQException.from(failure));
      }
    };
  }

  /** Waits for a call that completes on an event loop. */
  <T> T await(CompletableFuture<T> call) {
    if (runtime.loops().onLoop()) {
      throw RocketMQException.of(
          Category.INVALID_ARGUMENT,
          "a blocking call on an event loop (expected: on another thread; see callbackExecutor)");
    }
    Duration longest = options.sendTimeout().plus(options.client().callTimeout()).plus(MARGIN);
    try {
      return call.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw RocketMQException.rethrown(e);
    } catch (TimeoutException e) {
      throw RocketMQException.of(Category.TIMEOUT, "no outcome in " + longest, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RocketMQException.of(
          Category.INTERRUPTED, "interrupted while waiting; what was begun goes on", e);
    }
  }
}
