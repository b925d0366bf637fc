/** Sessions, credit, the send path and the receive path, independent of protocol and broker. */
@NullMarked
package dev.sluice.gateway.core;

import org.jspecify.annotations.NullMarked;
