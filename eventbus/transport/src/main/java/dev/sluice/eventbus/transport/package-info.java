/**
 * What the event bus needs of a broker. The bus itself, its deadlines, policies and dead letters,
 * is the same over all of them.
 */
@NullMarked
package dev.sluice.eventbus.transport;

import org.jspecify.annotations.NullMarked;
