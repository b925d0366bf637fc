package dev.sluice.eventbus.transport;

import java.util.OptionalLong;

/**
 * A partition, as far as a transport knows.
 *
 * @param topic that it is of
 * @param partition its name, as flows have it
 * @param held whether it is assigned and has no handler
 * @param committed the offset that the group goes on with
 * @param lag messages behind the end that are not resolved
 */
public record PartitionStatus(
    String topic, String partition, boolean held, OptionalLong committed, OptionalLong lag) {}
