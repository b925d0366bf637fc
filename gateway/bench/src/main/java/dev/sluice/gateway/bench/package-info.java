/**
 * The load generator: puts load on a gateway by one of its own protocols, {@code
 * rocketmq.RocketMQProxy}, and tells how long messages took and how many came through.
 */
@NullMarked
package dev.sluice.gateway.bench;

import org.jspecify.annotations.NullMarked;
