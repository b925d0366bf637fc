/** What an event bus does, for Micrometer. */
@NullMarked
package dev.sluice.eventbus.metrics;

import org.jspecify.annotations.NullMarked;
