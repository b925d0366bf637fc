package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Upstream;

/**
 * An upstream that has started.
 *
 * @param upstream owned by {@link Upstreams}: whoever uses it never closes it
 * @param capabilities what it said at its start
 */
public record ActiveUpstream(Upstream upstream, Capabilities capabilities) {}
