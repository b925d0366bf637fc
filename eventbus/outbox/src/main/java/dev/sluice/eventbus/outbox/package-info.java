/**
 * Events that are published if and only if the transaction that they belong to commits, and
 * handlers whose work is done once however often an event comes. By JDBC.
 */
@NullMarked
package dev.sluice.eventbus.outbox;

import org.jspecify.annotations.NullMarked;
