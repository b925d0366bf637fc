package dev.sluice.gateway.upstreams;

/**
 * An instance that shares our cluster key.
 *
 * @param instance its number, random and never 0; 0 for whichever is found at the address
 * @param address where its gRPC port is, {@code host:port}; empty where nobody knows
 */
public record Peer(long instance, String address) {}
