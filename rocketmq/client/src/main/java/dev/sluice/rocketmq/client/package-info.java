/**
 * RocketMQ for Java programs: what producers, consumers and administration have in common. Options
 * of clients, messages, queues, and the one exception. Everything public here is an immutable
 * value; where a method is for the other modules of this library, its documentation says so.
 */
@NullMarked
package dev.sluice.rocketmq.client;

import org.jspecify.annotations.NullMarked;
