package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Credentials;

/**
 * What a caller asks a producer for.
 *
 * @param endpoint as the caller wrote it; empty or {@code default} for the configured upstream
 * @param instance the caller's name for the instance; may be empty
 * @param credentials for the message system
 * @param topic what the producer sends to
 */
public record ProducerSpec(
    String endpoint, String instance, Credentials credentials, String topic) {}
