/**
 * What the producers and consumers of a process share while they are open. Only for the other
 * modules of this library, which open and close it; programs need none of it.
 */
@NullMarked
package dev.sluice.rocketmq.runtime;

import org.jspecify.annotations.NullMarked;
