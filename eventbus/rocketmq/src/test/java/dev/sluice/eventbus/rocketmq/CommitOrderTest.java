package dev.sluice.eventbus.rocketmq;

import static dev.sluice.eventbus.rocketmq.TransportFixture.await;
import static dev.sluice.eventbus.rocketmq.TransportFixture.awaitQueues;
import static dev.sluice.eventbus.rocketmq.TransportFixture.newTopic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.BrokerOffsets;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.RemotingClient;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Commits of a queue that are made at the same time, as by the upkeep and by a close. */
class CommitOrderTest {

  /** Those that were asked for, in that order; the first one is held back. */
  private final List<Runnable> commits = new CopyOnWriteArrayList<>();

  @Test
  void theNewerOneIsWhatIsStoredAlsoWhereTheOlderOneIsLate(Ledger ledger) throws Exception {
    String topic = newTopic();
    String servers = SharedEngine.rocketmq5().nameServerAddress();
    try (TransportFixture fixture = new TransportFixture(servers, ledger)) {
      var member = (RocketMQTransport) fixture.member(topic);
      awaitQueues(member, topic, 4);
      Membership membership = member.running().membership();
      MessageQueue queue = member.running().flows().queues().iterator().next();
      var offsets =
          new BrokerOffsets(
              holding(membership.remoting()), membership.directory(), membership.group());
      Thread older = persisting(offsets, queue, 5);
      await().until(() -> commits.size() == 1);

      Thread newer = persisting(offsets, queue, 9);
      await().until(() -> commits.size() == 2 || newer.getState() == Thread.State.WAITING);
      commits.getFirst().run();
      older.join();
      newer.join();

      assertThat(offsets.stored(queue)).hasValue(9);
    }
  }

  private static Thread persisting(BrokerOffsets offsets, MessageQueue queue, long offset) {
    offsets.advance(queue, offset, offsets.term(queue));
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                offsets.persist(Set.of(queue));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private RemotingClient holding(RemotingClient real) {
    Offsets held =
        made(
            Offsets.class,
            (proxy, method, arguments) -> {
              if (!method.getName().equals("commit")) {
                return method.invoke(real.offsets(), arguments);
              }
              commits.add(() -> invoke(method, real.offsets(), arguments));
              if (commits.size() > 1) {
                commits.getLast().run();
              }
              return null;
            });
    return made(
        RemotingClient.class,
        (proxy, method, arguments) ->
            method.getName().equals("offsets") ? held : method.invoke(real, arguments));
  }

  private static void invoke(Method method, Object on, Object[] arguments) {
    try {
      method.invoke(on, arguments);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static <T> T made(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
