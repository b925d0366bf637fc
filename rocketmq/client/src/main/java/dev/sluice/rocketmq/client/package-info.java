/**
 * RocketMQ for Java programs: producers and consumers with plain blocking calls, which suit virtual
 * threads, and with futures. Everything public here is an interface or an immutable value.
 */
@NullMarked
package dev.sluice.rocketmq.client;

import org.jspecify.annotations.NullMarked;
