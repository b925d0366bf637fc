/** Load by Confluent's parallel consumer, in a process of its own. */
@NullMarked
package dev.sluice.benchmarks.parallel;

import org.jspecify.annotations.NullMarked;
