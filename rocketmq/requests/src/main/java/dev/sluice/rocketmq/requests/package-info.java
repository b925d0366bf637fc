/**
 * What brokers and name servers are asked for and what they answer: send, pop, acknowledge,
 * offsets, topics, groups, and the form in which messages are stored.
 */
@NullMarked
package dev.sluice.rocketmq.requests;

import org.jspecify.annotations.NullMarked;
