/** The backend SPI on RocketMQ 5. */
@NullMarked
package dev.sluice.gateway.backend.rocketmq;

import org.jspecify.annotations.NullMarked;
