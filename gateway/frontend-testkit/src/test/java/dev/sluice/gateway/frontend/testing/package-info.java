/** What the frontends' tests share: a real server around a gateway with everything in memory. */
@NullMarked
package dev.sluice.gateway.frontend.testing;

import org.jspecify.annotations.NullMarked;
