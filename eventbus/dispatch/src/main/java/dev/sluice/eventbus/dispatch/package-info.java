/**
 * The keyed dispatcher: handlers run on virtual threads, one at a time for each key, and how far a
 * flow may be committed follows what is resolved. No broker in it.
 */
@NullMarked
package dev.sluice.eventbus.dispatch;

import org.jspecify.annotations.NullMarked;
