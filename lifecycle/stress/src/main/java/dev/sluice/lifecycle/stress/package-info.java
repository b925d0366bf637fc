/** The races of the lifecycle library, as jcstress tests. */
@NullMarked
package dev.sluice.lifecycle.stress;

import org.jspecify.annotations.NullMarked;
