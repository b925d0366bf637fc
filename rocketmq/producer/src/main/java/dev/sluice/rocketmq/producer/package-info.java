/**
 * Sending messages to RocketMQ, with plain blocking calls, which suit virtual threads, and with
 * futures. Everything public here is an interface or an immutable value.
 */
@NullMarked
package dev.sluice.rocketmq.producer;

import org.jspecify.annotations.NullMarked;
