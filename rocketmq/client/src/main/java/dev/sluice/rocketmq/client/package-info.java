/** An asynchronous RocketMQ client: connections, name servers, routes, sending, popping. */
@NullMarked
package dev.sluice.rocketmq.client;

import org.jspecify.annotations.NullMarked;
