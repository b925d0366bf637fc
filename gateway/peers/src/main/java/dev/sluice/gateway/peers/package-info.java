/**
 * How the instances that share a cluster key speak to each other: over gRPC, on the port that
 * callers use too, with every request and every answer sealed.
 */
@NullMarked
package dev.sluice.gateway.peers;

import org.jspecify.annotations.NullMarked;
