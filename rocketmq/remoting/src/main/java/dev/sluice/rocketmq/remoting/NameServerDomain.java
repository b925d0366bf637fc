package dev.sluice.rocketmq.remoting;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An address server: what a GET of its URL answers with 200 is the list of name servers, as text
 * {@code host:port;host:port}, of at most 64 of them in at most 16 KiB. Anything else is a warning
 * in the log, and the last list stays.
 *
 * @param url of scheme http or https; redirects are not followed
 * @param interval how often it is asked; every few seconds as long as there is no list at all
 * @param timeout for each time that it is asked, from the connection to the last byte
 * @param snapshot a file that keeps the last list, which counts after a restart until the address
 *     server has answered; null for none. One that cannot be read is a warning, and ignored
 */
public record NameServerDomain(
    URI url, Duration interval, Duration timeout, @Nullable Path snapshot) {

  public NameServerDomain {
    String scheme = url.getScheme();
    if (!("http".equals(scheme) || "https".equals(scheme)) || url.getHost() == null) {
      throw new IllegalArgumentException(
          "name server domain: '" + url + "' (expected: http://host:port/path, or https)");
    }
    if (url.getUserInfo() != null || url.getFragment() != null) {
      throw new IllegalArgumentException(
          "name server domain: of " + url.getHost() + " (expected: no user and no fragment)");
    }
    positive("interval", interval);
    positive("timeout", timeout);
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  /**
   * Asked every 2 minutes, for 3 s at most, without a snapshot.
   *
   * @throws IllegalArgumentException if the text is no such URL
   */
  public static NameServerDomain of(String url) {
    return new NameServerDomain(
        URI.create(url), Duration.ofMinutes(2), Duration.ofSeconds(3), null);
  }

  /** The same, asked so often. */
  public NameServerDomain every(Duration newInterval) {
    return new NameServerDomain(url, newInterval, timeout, snapshot);
  }

  /** The same, with a file that keeps the last list; its folder must exist. */
  public NameServerDomain keptIn(Path file) {
    return new NameServerDomain(url, interval, timeout, file);
  }
}
