/** The races of the keyed dispatcher, as jcstress tests. */
@NullMarked
package dev.sluice.eventbus.dispatch.stress;

import org.jspecify.annotations.NullMarked;
