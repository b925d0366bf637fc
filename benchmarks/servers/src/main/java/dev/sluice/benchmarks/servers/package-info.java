/**
 * Starts Sluice and Apache's proxy as child processes before one broker, and reads what they use.
 */
@NullMarked
package dev.sluice.benchmarks.servers;

import org.jspecify.annotations.NullMarked;
