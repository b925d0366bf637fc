/** The RocketMQ remoting protocol as bytes: commands, header forms, frames, message encoding. */
@NullMarked
package dev.sluice.rocketmq.wire;

import org.jspecify.annotations.NullMarked;
