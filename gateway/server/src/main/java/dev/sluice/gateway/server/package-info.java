/** Configuration, HTTP, wiring and the command line of the gateway. */
@NullMarked
package dev.sluice.gateway.server;

import org.jspecify.annotations.NullMarked;
