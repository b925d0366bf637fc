/**
 * One gateway instance, independent of protocols and message systems: its connections, its sessions
 * and the way of messages from producers to the message system.
 */
@NullMarked
package dev.sluice.gateway.core;

import org.jspecify.annotations.NullMarked;
