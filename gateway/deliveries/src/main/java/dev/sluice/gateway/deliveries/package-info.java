/**
 * The way of messages from the message system to their consumers: what streams and single receives
 * ask for, what is held and renewed on their behalf, and what is acknowledged or handed back.
 */
@NullMarked
package dev.sluice.gateway.deliveries;

import org.jspecify.annotations.NullMarked;
