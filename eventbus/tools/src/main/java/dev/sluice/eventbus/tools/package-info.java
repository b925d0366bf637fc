/** The event bus on the command line: {@code sluice dead-letters}. */
@NullMarked
package dev.sluice.eventbus.tools;

import org.jspecify.annotations.NullMarked;
