/**
 * Consumption from RocketMQ 4.x, whose brokers do not hand out messages: as a classic member of the
 * consumer group, which pulls the queues that are its share and keeps itself what its callers hold.
 */
@NullMarked
package dev.sluice.gateway.classic;

import org.jspecify.annotations.NullMarked;
