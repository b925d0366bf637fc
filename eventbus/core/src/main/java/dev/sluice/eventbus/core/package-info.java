/** The bus over a transport: deadlines, bounds, policies, dead letters and the order of closing. */
@NullMarked
package dev.sluice.eventbus.core;

import org.jspecify.annotations.NullMarked;
