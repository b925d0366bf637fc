package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Rights.Action;
import dev.sluice.gateway.upstreams.Rights.Resource;
import dev.sluice.gateway.upstreams.UpstreamLease;

/**
 * Who makes a call.
 *
 * @param scope of its part of the connection
 * @param clientId as the client calls itself
 * @param lease what the call goes to the message system through
 */
record Call(ConnectionScope scope, String clientId, UpstreamLease lease) {

  Caller caller() {
    return scope.caller();
  }

  Clients.Key client() {
    return new Clients.Key(caller().name(), clientId);
  }

  // Each of these throws a Refusal where it may not. Whether there is such a topic or group is not
  // looked at before.

  void maySendTo(String topic) {
    check(Action.PUB, Resource.TOPIC, topic);
  }

  void mayConsume(String group, String topic) {
    mayConsumeAs(group);
    mayRead(topic);
  }

  void mayConsumeAs(String group) {
    check(Action.SUB, Resource.GROUP, group);
  }

  void mayRead(String topic) {
    check(Action.SUB, Resource.TOPIC, topic);
  }

  /** As who sends to it or reads from it. */
  void mayKnow(String topic) {
    if (!caller().rights().allow(Action.PUB, Resource.TOPIC, topic)
        && !caller().rights().allow(Action.SUB, Resource.TOPIC, topic)) {
      throw forbidden("PUB or SUB", Resource.TOPIC, topic);
    }
  }

  private void check(Action action, Resource resource, String name) {
    if (!caller().rights().allow(action, resource, name)) {
      throw forbidden(action.name(), resource, name);
    }
  }

  private Refusal forbidden(String action, Resource resource, String name) {
    String what =
        switch (resource) {
          case TOPIC -> "topic";
          case GROUP -> "group";
        };
    return new Refusal(
        Code.FORBIDDEN,
        what
            + ": "
            + name
            + " is not for "
            + caller().name()
            + " (expected: one that its permissions allow "
            + action
            + " of)");
  }
}
