package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.BatchAck;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Acknowledges many handles with few requests: one per broker, where the broker can. */
final class BatchAcks {
  private final PopCalls calls;
  private final NamedBrokers brokers;

  /** Brokers without batch acknowledgement, by name: at most as many as there are brokers. */
  private final Set<String> without = ConcurrentHashMap.newKeySet();

  BatchAcks(PopCalls calls, NamedBrokers brokers) {
    this.calls = calls;
    this.brokers = brokers;
  }

  /** The statuses of one call while they come in. */
  private static final class Outcome {
    private final AckStatus[] statuses;
    private final Reply<List<AckStatus>> reply;
    private int open;

    Outcome(int size, Reply<List<AckStatus>> reply) {
      this.statuses = new AckStatus[size];
      this.reply = reply;
      this.open = size;
    }

    void decide(int index, AckStatus status) {
      statuses[index] = status;
      if (--open == 0) {
        reply.done(Arrays.asList(statuses));
      }
    }
  }

  /** For one handle at least, on an event loop. */
  void ack(
      String group,
      String topic,
      List<PopHandle> handles,
      long timeoutMillis,
      Reply<List<AckStatus>> reply) {
    String broker = handles.getFirst().brokerName();
    if (handles.getFirst().liteTopic() != null) {
      // Brokers take these one by one.
      List<Integer> all = IntStream.range(0, handles.size()).boxed().toList();
      ackSingly(all, group, topic, handles, timeoutMillis, new Outcome(handles.size(), reply));
      return;
    }
    if (handles.size() > 1 && allOf(broker, handles) && !without.contains(broker)) {
      ackTogether(broker, group, topic, handles, timeoutMillis, reply);
      return;
    }
    ackByBroker(group, topic, handles, timeoutMillis, reply);
  }

  private static boolean allOf(String broker, List<PopHandle> handles) {
    for (int i = 1; i < handles.size(); i++) {
      if (!handles.get(i).brokerName().equals(broker)) {
        return false;
      }
    }
    return true;
  }

  /** The usual case, without any bookkeeping: what one pop gave is of one broker. */
  private void ackTogether(
      String broker,
      String group,
      String topic,
      List<PopHandle> handles,
      long timeoutMillis,
      Reply<List<AckStatus>> reply) {
    BatchAck request;
    try {
      request = BatchAck.of(group, topic, handles);
    } catch (WireException e) {
      ackByBroker(group, topic, handles, timeoutMillis, reply);
      return;
    }
    brokers.call(
        topic,
        broker,
        request,
        timeoutMillis,
        new Reply<Done>() {
          @Override
          public void done(Done value) {
            reply.done(Collections.nCopies(handles.size(), AckStatus.OK));
          }

          @Override
          public void failed(ClientException failure) {
            if (failure.code() == ResponseCode.REQUEST_CODE_NOT_SUPPORTED) {
              without.add(broker);
              ackByBroker(group, topic, handles, timeoutMillis, reply);
            } else {
              reply.done(Collections.nCopies(handles.size(), AckStatus.FAILED));
            }
          }
        });
  }

  private void ackByBroker(
      String group,
      String topic,
      List<PopHandle> handles,
      long timeoutMillis,
      Reply<List<AckStatus>> reply) {
    Outcome outcome = new Outcome(handles.size(), reply);
    Map<String, List<Integer>> byBroker = new LinkedHashMap<>();
    for (int i = 0; i < handles.size(); i++) {
      byBroker.computeIfAbsent(handles.get(i).brokerName(), name -> new ArrayList<>()).add(i);
    }
    byBroker.forEach(
        (name, indexes) -> ackAt(name, indexes, group, topic, handles, timeoutMillis, outcome));
  }

  private void ackAt(
      String broker,
      List<Integer> indexes,
      String group,
      String topic,
      List<PopHandle> handles,
      long timeoutMillis,
      Outcome outcome) {
    if (indexes.size() == 1 || without.contains(broker)) {
      ackSingly(indexes, group, topic, handles, timeoutMillis, outcome);
      return;
    }
    BatchAck request;
    try {
      request = BatchAck.of(group, topic, indexes.stream().map(handles::get).toList());
    } catch (WireException e) {
      ackSingly(indexes, group, topic, handles, timeoutMillis, outcome);
      return;
    }
    brokers.call(
        topic,
        broker,
        request,
        timeoutMillis,
        new Reply<Done>() {
          @Override
          public void done(Done value) {
            indexes.forEach(index -> outcome.decide(index, AckStatus.OK));
          }

          @Override
          public void failed(ClientException failure) {
            if (failure.code() == ResponseCode.REQUEST_CODE_NOT_SUPPORTED) {
              without.add(broker);
              ackSingly(indexes, group, topic, handles, timeoutMillis, outcome);
            } else {
              indexes.forEach(index -> outcome.decide(index, AckStatus.FAILED));
            }
          }
        });
  }

  private void ackSingly(
      List<Integer> indexes,
      String group,
      String topic,
      List<PopHandle> handles,
      long timeoutMillis,
      Outcome outcome) {
    for (int index : indexes) {
      calls.ack(
          group,
          topic,
          handles.get(index),
          timeoutMillis,
          new Reply<AckStatus>() {
            @Override
            public void done(AckStatus status) {
              outcome.decide(index, status);
            }

            @Override
            public void failed(ClientException failure) {
              outcome.decide(index, AckStatus.FAILED);
            }
          });
    }
  }
}
