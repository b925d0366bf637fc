/**
 * What tests of the gateway and of backends share: loops under a test's control, a message system
 * in memory, and the contract that every backend keeps.
 */
@NullMarked
package dev.sluice.gateway.spi.testing;

import org.jspecify.annotations.NullMarked;
