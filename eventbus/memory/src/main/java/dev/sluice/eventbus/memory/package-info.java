/** The event bus in memory: logs, groups and offsets like a broker's, within the process. */
@NullMarked
package dev.sluice.eventbus.memory;

import org.jspecify.annotations.NullMarked;
