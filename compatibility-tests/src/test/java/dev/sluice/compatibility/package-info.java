/**
 * Apache's proxy and ours before one broker: what one answers, the other does too, or says why not.
 */
@NullMarked
package dev.sluice.compatibility;

import org.jspecify.annotations.NullMarked;
