/** The examples of docs/rocketmq-client.md, in a package of their own as those of users are. */
@NullMarked
package dev.sluice.rocketmq.consumer.guide;

import org.jspecify.annotations.NullMarked;
