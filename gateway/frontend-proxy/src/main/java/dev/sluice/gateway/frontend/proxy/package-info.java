/** The rocketmq.RocketMQProxy service. */
@NullMarked
package dev.sluice.gateway.frontend.proxy;

import org.jspecify.annotations.NullMarked;
