/** Tests of the outbox, on real databases. */
@NullMarked
package dev.sluice.eventbus.outbox;

import org.jspecify.annotations.NullMarked;
