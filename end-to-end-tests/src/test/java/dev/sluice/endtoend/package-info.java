/** The product as users meet it: the launcher, and clients that others published. */
@NullMarked
package dev.sluice.endtoend;

import org.jspecify.annotations.NullMarked;
