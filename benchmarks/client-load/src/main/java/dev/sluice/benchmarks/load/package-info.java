/** Load by a client of the brokers' own protocol, in a process of its own. */
@NullMarked
package dev.sluice.benchmarks.load;

import org.jspecify.annotations.NullMarked;
