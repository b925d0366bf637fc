/** The command line against brokers of all kinds. */
@NullMarked
package dev.sluice.eventbus.tools;

import org.jspecify.annotations.NullMarked;
