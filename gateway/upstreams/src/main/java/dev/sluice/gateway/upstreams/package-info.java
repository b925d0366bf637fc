/**
 * What sessions and paths stand on: the settings and counters of one instance, the cluster key and
 * what it seals, where callers may go, and the shared clients that lead there.
 */
@NullMarked
package dev.sluice.gateway.upstreams;

import org.jspecify.annotations.NullMarked;
