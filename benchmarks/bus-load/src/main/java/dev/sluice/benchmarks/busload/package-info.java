/**
 * Load by the event bus, in a process of its own for each turn; what a peer's has in common too.
 */
@NullMarked
package dev.sluice.benchmarks.busload;

import org.jspecify.annotations.NullMarked;
