/**
 * Administration of RocketMQ 4.9 and 5.x: topics, consumer groups, offsets, routes, brokers. Starts
 * at {@link dev.sluice.rocketmq.admin.Admin}.
 */
@NullMarked
package dev.sluice.rocketmq.admin;

import org.jspecify.annotations.NullMarked;
