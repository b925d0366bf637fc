/** What a figure belongs to, and what the operating system counts. */
@NullMarked
package dev.sluice.benchmarks.machine;

import org.jspecify.annotations.NullMarked;
