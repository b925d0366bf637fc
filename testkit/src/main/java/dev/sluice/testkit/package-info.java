/**
 * What the tests of every module share: a fake clock, leak detection, a faulty network, seeded
 * generators.
 */
@NullMarked
package dev.sluice.testkit;

import org.jspecify.annotations.NullMarked;
