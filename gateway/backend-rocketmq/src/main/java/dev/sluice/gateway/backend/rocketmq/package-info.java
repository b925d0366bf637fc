/** The backend SPI on RocketMQ. */
@NullMarked
package dev.sluice.gateway.backend.rocketmq;

import org.jspecify.annotations.NullMarked;
