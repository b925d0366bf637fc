package dev.sluice.gateway.groups;

import dev.sluice.gateway.upstreams.SharedUpstream;

/**
 * What parties have to agree about: a group's messages of one topic.
 *
 * @param endpoint stands for the message system, the same on every instance
 * @param topic the topic
 * @param group the consumer group
 */
record GroupTopic(long endpoint, String topic, String group) {

  static GroupTopic of(SharedUpstream shared, String topic, String group) {
    return new GroupTopic(shared.endpointHash(), topic, group);
  }
}
