/**
 * Consumer groups: how members share queues, where a group begins, and how far it is. {@link
 * dev.sluice.rocketmq.group.AllocationStrategy}, {@link dev.sluice.rocketmq.group.StartFrom} and
 * {@link dev.sluice.rocketmq.group.ConsumeModel} are for programs, as options of consumers; the
 * rest is only for the other modules of this library.
 */
@NullMarked
package dev.sluice.rocketmq.group;

import org.jspecify.annotations.NullMarked;
