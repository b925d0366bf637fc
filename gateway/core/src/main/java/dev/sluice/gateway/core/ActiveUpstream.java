package dev.sluice.gateway.core;

import dev.sluice.gateway.core.spi.Capabilities;
import dev.sluice.gateway.core.spi.Upstream;

/**
 * An upstream that has started.
 *
 * @param upstream owned by {@link Upstreams}: whoever uses it never closes it
 * @param capabilities what it said at its start
 */
public record ActiveUpstream(Upstream upstream, Capabilities capabilities) {}
