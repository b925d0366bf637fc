package dev.sluice.rocketmq.consumer;

/**
 * How much of a queue may be held that is not consumed; beyond it nothing more is pulled.
 *
 * @param messages how many
 * @param bytes of their bodies
 * @param span how far the offsets of the first and the last may lie apart
 */
record FlowLimits(long messages, long bytes, long span) {}
