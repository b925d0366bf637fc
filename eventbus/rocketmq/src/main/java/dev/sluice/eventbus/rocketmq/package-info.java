/** The event bus over RocketMQ 4.9 and 5.x, by this project's own client. */
@NullMarked
package dev.sluice.eventbus.rocketmq;

import org.jspecify.annotations.NullMarked;
