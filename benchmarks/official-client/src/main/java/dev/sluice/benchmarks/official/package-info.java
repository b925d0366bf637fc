/** The official client under the same load as Sluice's. */
@NullMarked
package dev.sluice.benchmarks.official;

import org.jspecify.annotations.NullMarked;
