package dev.sluice.gateway.access;

import java.util.List;

/**
 * What the file says of one API key.
 *
 * @param name who has it
 * @param digests SHA-256 of the key in hex; several while one follows another
 * @param limits how much it may have
 */
record ApiKeyEntry(String name, List<String> digests, Limits limits) {}
