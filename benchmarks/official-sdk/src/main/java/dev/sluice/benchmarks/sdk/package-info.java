/** Load by the official Java SDK of RocketMQ 5, as a program that a comparison starts and reads. */
@NullMarked
package dev.sluice.benchmarks.sdk;

import org.jspecify.annotations.NullMarked;
