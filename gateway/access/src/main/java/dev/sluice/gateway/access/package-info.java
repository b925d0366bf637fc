/**
 * Who may come in and how much they may have: TLS with certificates that change while it runs, API
 * keys with their limits, and limits on connections.
 */
@NullMarked
package dev.sluice.gateway.access;

import org.jspecify.annotations.NullMarked;
