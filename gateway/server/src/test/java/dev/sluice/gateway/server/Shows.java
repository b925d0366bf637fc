package dev.sluice.gateway.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The settings whose effect on a running gateway this test shows: not that the value was read, but
 * what it does. {@link EverySettingTest} asks for one for each setting.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Shows {
  Setting[] value();
}
