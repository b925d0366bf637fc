/** The examples of docs/event-bus.md, in a package of their own as those of users are. */
@NullMarked
package dev.sluice.eventbus.guide;

import org.jspecify.annotations.NullMarked;
