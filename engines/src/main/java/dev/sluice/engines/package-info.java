/** Real brokers run as supervised child processes. */
@NullMarked
package dev.sluice.engines;

import org.jspecify.annotations.NullMarked;
