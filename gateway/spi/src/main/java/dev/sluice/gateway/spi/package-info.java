/**
 * What a message system must offer to stand behind the gateway: the queue model that RocketMQ 5
 * pop, Kafka share groups and JetStream pull consumers have in common. Nothing of one backend, of
 * gRPC or of Netty appears here.
 */
@NullMarked
package dev.sluice.gateway.spi;

import org.jspecify.annotations.NullMarked;
