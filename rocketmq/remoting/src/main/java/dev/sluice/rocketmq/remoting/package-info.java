/**
 * RocketMQ by its remoting protocol, asynchronously: connections, name servers, routes, sending,
 * popping.
 */
@NullMarked
package dev.sluice.rocketmq.remoting;

import org.jspecify.annotations.NullMarked;
