package dev.sluice.eventbus;

/**
 * A broker in this process's memory, which several buses share; made by {@code
 * dev.sluice.eventbus.memory.MemoryCluster} of {@code sluice-eventbus-memory}.
 */
public interface MemoryBroker {}
