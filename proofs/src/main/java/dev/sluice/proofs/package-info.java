/**
 * Shows over time and under force that the started product leaves nothing behind and loses nothing:
 * the soak, the stress and the faults. Programs, no library.
 */
@NullMarked
package dev.sluice.proofs;

import org.jspecify.annotations.NullMarked;
