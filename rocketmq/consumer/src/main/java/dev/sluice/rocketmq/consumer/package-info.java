/** Consuming messages of RocketMQ. Everything public here is an interface or an immutable value. */
@NullMarked
package dev.sluice.rocketmq.consumer;

import org.jspecify.annotations.NullMarked;
