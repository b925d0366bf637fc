package dev.sluice.gateway.access;

import java.util.List;
import java.util.Optional;

/**
 * What the file says of one API key.
 *
 * @param name who has it
 * @param digests SHA-256 of the key in hex; several while one follows another
 * @param rate how many requests; empty for any number
 * @param sessions the most producers and consumers at once
 * @param streams the most streams at once
 */
record ApiKeyEntry(
    String name, List<String> digests, Optional<RateLimit.Rate> rate, int sessions, int streams) {}
