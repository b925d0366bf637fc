/** The apache.rocketmq.v2.MessagingService service. */
@NullMarked
package dev.sluice.gateway.frontend.v2;

import org.jspecify.annotations.NullMarked;
