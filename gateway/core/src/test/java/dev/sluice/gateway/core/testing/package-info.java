/** What tests of the core and of the frontends share: a gateway under a test's control. */
@NullMarked
package dev.sluice.gateway.core.testing;

import org.jspecify.annotations.NullMarked;
