/**
 * The RocketMQ remoting protocol as bytes: commands, their header forms, frames, and the JSON of
 * their bodies.
 */
@NullMarked
package dev.sluice.rocketmq.wire;

import org.jspecify.annotations.NullMarked;
