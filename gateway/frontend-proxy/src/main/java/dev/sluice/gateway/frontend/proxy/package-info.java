/** The service {@code rocketmq.RocketMQProxy}, as deployed SDKs speak it, on the gateway's core. */
@NullMarked
package dev.sluice.gateway.frontend.proxy;

import org.jspecify.annotations.NullMarked;
