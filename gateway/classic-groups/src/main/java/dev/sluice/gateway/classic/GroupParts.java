package dev.sluice.gateway.classic;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Tally;
import dev.sluice.rocketmq.remoting.RemotingClient;
import io.netty.channel.EventLoop;

/**
 * What the parts of one group's membership have in common. All of them belong to its loop.
 *
 * @param token in the handles that are given out here
 * @param held where deliveries are counted that callers hold
 */
record GroupParts(
    RemotingClient client,
    EventLoop loop,
    Clock clock,
    MessageView view,
    String group,
    String token,
    Alarms alarms,
    Tally held) {

  String retryTopic() {
    return ClassicHandle.retryTopic(group);
  }
}
