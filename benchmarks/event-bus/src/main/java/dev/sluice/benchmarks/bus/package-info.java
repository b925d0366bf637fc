/** The event bus beside a peer, and on each of its brokers. */
@NullMarked
package dev.sluice.benchmarks.bus;

import org.jspecify.annotations.NullMarked;
