/**
 * Which of a gateway's parties asks the message system for what on behalf of a group, and whether
 * all of the group's members ask for the same.
 */
@NullMarked
package dev.sluice.gateway.groups;

import org.jspecify.annotations.NullMarked;
