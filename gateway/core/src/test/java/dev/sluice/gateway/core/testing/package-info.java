/**
 * What tests of the core, the frontends and the backends share: loops under a test's control, a
 * message system in memory, and the contract that every backend keeps.
 */
@NullMarked
package dev.sluice.gateway.core.testing;

import org.jspecify.annotations.NullMarked;
