/** What is measured by JMH, and the programs that measure Sluice beside its peers. */
@NullMarked
package dev.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
