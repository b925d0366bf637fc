/**
 * What Sluice opens is owned, bounded and closed: the resource ledger, bounded close, and the
 * clock.
 */
@NullMarked
package dev.sluice.lifecycle;

import org.jspecify.annotations.NullMarked;
