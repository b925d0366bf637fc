/** Tests of the event bus on real brokers of RocketMQ. */
@NullMarked
package dev.sluice.eventbus.rocketmq;

import org.jspecify.annotations.NullMarked;
