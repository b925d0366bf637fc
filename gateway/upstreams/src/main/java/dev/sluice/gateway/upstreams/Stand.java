package dev.sluice.gateway.upstreams;

import org.jspecify.annotations.Nullable;

/**
 * Where a party stands.
 *
 * @param party whose it is
 * @param asked what it asks for now; null where it does not yet
 * @param wanted what its callers want it to ask for
 * @param proposing whether it is about to ask for that, unless others object; otherwise it asks for
 *     the one while callers want the other, since other parties still ask for more
 */
public record Stand(Party party, @Nullable Demand asked, Demand wanted, boolean proposing) {}
