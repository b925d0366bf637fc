package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Tally;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.support.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes, in the order of the calls. What has no answer when the connection is lost is written
 * again over the next one, all of it, in the same order and before anything new, with the same id:
 * the server knows again what it has, so that nothing is there twice and nothing of a key is
 * overtaken. What the server refuses is not tried again: what came after it may be there already.
 */
final class Publisher {
  /** What the ledger counts a message as that is being published. */
  static final String LEDGER_KIND = "nats publish";

  private static final Duration SWEEP = Duration.ofMillis(50);
  private static final Duration TOPIC_RETRY = Duration.ofMillis(250);

  private final Topics topics;
  private final NatsNames names;
  private final NatsThreads threads;
  private final Supplier<Link.State> link;
  private final Tally tally;
  private final SerialTasks tasks;
  private final SerialTasks completions;
  private final AtomicLong numbers = new AtomicLong();
  private final String run = UUID.randomUUID().toString();

  // All below belong to the tasks.
  private final Map<Long, Publishing> pending = new LinkedHashMap<>();
  private final Set<String> asked = new HashSet<>();
  private @Nullable Session session;
  private String inbox = "";
  private long turn;
  private boolean sweeping;
  private boolean closed;

  Publisher(
      Topics topics, NatsNames names, NatsThreads threads, Supplier<Link.State> link, Tally tally) {
    this.topics = topics;
    this.names = names;
    this.threads = threads;
    this.link = link;
    this.tally = tally;
    this.tasks = SerialTasks.onCallers(threads);
    this.completions = SerialTasks.onVirtualThreads("sluice-nats-published");
  }

  CompletableFuture<Published> publish(String topic, OutboundMessage message, Deadline deadline) {
    Publishing publishing = new Publishing(numbers.incrementAndGet(), topic, message, deadline);
    tally.add(1);
    tasks.run(() -> accept(publishing));
    return publishing.result;
  }

  private void accept(Publishing publishing) {
    if (closed) {
      settle(publishing, publishing.unanswered("the bus is closed"));
      return;
    }
    pending.put(publishing.number, publishing);
    write(publishing);
    if (!sweeping) {
      sweeping = true;
      threads.later(() -> tasks.run(this::sweep), SWEEP);
    }
  }

  void online(Session next) {
    tasks.run(
        () -> {
          String prefix = next.newInbox();
          Subscription subscription =
              next.subscribeAnswers(prefix + ".*", message -> answered(prefix, message));
          if (subscription == null) {
            return; // Lost already; the next one comes.
          }
          session = next;
          inbox = prefix;
          List.copyOf(pending.values()).forEach(this::write);
        });
  }

  void offline(Session ended) {
    tasks.run(
        () -> {
          if (session == ended) {
            session = null;
          }
        });
  }

  /** The server refused, by permission, what was published to a subject. */
  void refused(String subject) {
    tasks.run(
        () ->
            fail(
                each -> {
                  Part part = each.part();
                  return each.isWritten() && part != null && names.subject(part).equals(subject);
                },
                each ->
                    each.refused(
                        Category.UNAUTHENTICATED, "the server does not allow to publish to it")));
  }

  /** Fails what has no answer, and whatever comes. */
  void close() {
    tasks.run(
        () -> {
          closed = true;
          fail(each -> true, each -> each.unanswered("the bus is closed"));
        });
  }

  private void write(Publishing publishing) {
    Session to = session;
    if (to == null || publishing.isOver() || publishing.result.isDone()) {
      return; // The next session writes it, or the sweep ends it.
    }
    Integer partitions = topics.known(publishing.topic);
    if (partitions == null || asked.contains(publishing.topic)) {
      // Also what comes while others wait: it must not overtake them.
      ask(publishing.topic, to);
      return;
    }
    Part part = publishing.part();
    if (part == null) {
      part = choose(publishing, partitions);
      publishing.goesTo(part);
    }
    Headers headers = WireMessages.headers(publishing.message, run + '-' + publishing.number);
    long bytes = (long) publishing.message.body().length + headers.serializedLength();
    if (to.maxPayload() > 0 && bytes > to.maxPayload()) {
      remove(
          publishing,
          EventBusException.invalid(
              "message", bytes + " bytes", "at most " + to.maxPayload() + ", the server's limit"));
      return;
    }
    try {
      boolean taken =
          to.publish(
              names.subject(part),
              inbox + '.' + publishing.number,
              headers,
              publishing.message.body());
      if (taken) {
        publishing.writtenTo(to);
      }
    } catch (IllegalArgumentException e) {
      remove(publishing, EventBusException.of(Category.INVALID_ARGUMENT, e.toString(), e));
    }
  }

  private Part choose(Publishing publishing, int partitions) {
    String key = publishing.message.key();
    int number =
        key == null
            ? (int) Math.floorMod(turn++, (long) partitions)
            : Partitions.of(key, partitions);
    return new Part(publishing.topic, number);
  }

  /** Has the topic's stream looked up, once, and then all that wait for it written in order. */
  private void ask(String topic, Session from) {
    if (asked.add(topic)) {
      threads.runSoon(
          () -> {
            EventBusException failure = null;
            try {
              topics.ensure(topic, from.management());
            } catch (IOException | JetStreamApiException | RuntimeException e) {
              failure = NatsErrors.of("topic " + topic, e);
            }
            EventBusException told = failure;
            tasks.run(() -> heard(topic, told));
          });
    }
  }

  private void heard(String topic, @Nullable EventBusException failure) {
    if (failure == null) {
      asked.remove(topic);
      List.copyOf(pending.values()).stream().filter(waitsFor(topic)).forEach(this::write);
      return;
    }
    switch (failure.category()) {
      case TIMEOUT, UNAVAILABLE ->
          threads.later(
              () ->
                  tasks.run(
                      () -> {
                        Session to = session;
                        asked.remove(topic);
                        if (to != null && pending.values().stream().anyMatch(waitsFor(topic))) {
                          ask(topic, to);
                        }
                      }),
              TOPIC_RETRY);
      default -> {
        asked.remove(topic);
        fail(
            waitsFor(topic),
            each -> each.refused(failure.category(), String.valueOf(failure.getMessage())));
      }
    }
  }

  private Predicate<Publishing> waitsFor(String topic) {
    return each -> each.topic.equals(topic) && !each.isWrittenTo(session);
  }

  private void answered(String prefix, Message answer) {
    String subject = answer.getSubject();
    long number = Long.parseLong(subject.substring(prefix.length() + 1));
    tasks.run(() -> answered(number, answer));
  }

  private void answered(long number, Message answer) {
    Publishing publishing = pending.get(number);
    Part part = publishing == null ? null : publishing.part();
    if (publishing == null || part == null) {
      return; // Too late, or the second answer to the same.
    }
    if (answer.isStatusMessage()) {
      // Nobody listens on the subject: the stream is gone, or has nobody to lead it.
      topics.forget(publishing.topic);
      boolean absent = answer.getStatus().getCode() == Status.NO_RESPONDERS_CODE;
      remove(
          publishing,
          publishing.refused(
              absent ? Category.UNAVAILABLE : Category.INTERNAL,
              "no stream takes it at present: " + answer.getStatus().getMessageWithCode()));
      return;
    }
    try {
      PublishAck ack = new PublishAck(answer);
      pending.remove(number);
      tally.remove(1);
      Published stored = new Published(publishing.topic, part.partition(), ack.getSeqno());
      completions.run(() -> publishing.result.complete(stored));
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() == NatsErrors.STREAM_NOT_FOUND) {
        topics.forget(publishing.topic);
      }
      remove(
          publishing,
          publishing.refused(
              NatsErrors.category(e.getErrorCode(), e.getApiErrorCode()), e.toString()));
    } catch (IOException e) {
      remove(publishing, publishing.refused(Category.INTERNAL, e.toString()));
    }
  }

  private void sweep() {
    String why =
        switch (link.get()) {
          case Link.State.Up up -> "no answer in time";
          case Link.State.Down down -> "not connected: " + down.reason();
        };
    fail(Publishing::isOver, each -> expired(each, why));
    if (link.get() instanceof Link.State.Down down && down.refused()) {
      // It will not be known by the deadline either.
      fail(each -> !each.isWritten(), each -> expired(each, why));
    }
    sweeping = !pending.isEmpty();
    if (sweeping) {
      threads.later(() -> tasks.run(this::sweep), SWEEP);
    }
  }

  private EventBusException expired(Publishing publishing, String why) {
    if (publishing.isWritten()) {
      return publishing.unanswered(why);
    }
    Category category =
        switch (link.get()) {
          case Link.State.Up up -> Category.TIMEOUT;
          case Link.State.Down down ->
              down.refused() ? Category.UNAUTHENTICATED : Category.UNAVAILABLE;
        };
    return publishing.refused(category, "nothing was sent; " + why);
  }

  private interface Reason {
    EventBusException of(Publishing publishing);
  }

  private void fail(Predicate<Publishing> which, Reason reason) {
    List<Publishing> failing = new ArrayList<>();
    pending.values().stream().filter(which).forEach(failing::add);
    failing.forEach(each -> remove(each, reason.of(each)));
  }

  private void remove(Publishing publishing, EventBusException failure) {
    pending.remove(publishing.number);
    settle(publishing, failure);
  }

  private void settle(Publishing publishing, EventBusException failure) {
    tally.remove(1);
    completions.run(() -> publishing.result.completeExceptionally(failure));
  }
}
