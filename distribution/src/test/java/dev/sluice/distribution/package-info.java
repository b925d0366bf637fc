/** The archives as users get them, and the files that they are deployed with. */
@NullMarked
package dev.sluice.distribution;

import org.jspecify.annotations.NullMarked;
