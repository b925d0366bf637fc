package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.remoting.NameServerDomain;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server that tells which name servers there are, so that they can change while clients
 * run: a GET of its URL is answered with 200 and the text {@code host:port;host:port}, of at most
 * 64 addresses in at most 16 KiB, within 3 s. After any other answer, or none, the last list stays.
 * Immutable; equal where all that it says is.
 *
 * <p>The first producer or consumer of a client id waits in its start for the first answer. Without
 * a list, neither from there nor from the snapshot, calls fail as UNAVAILABLE, and the server is
 * asked every few seconds.
 */
public final class AddressServer {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final NameServerDomain domain;

  private AddressServer(NameServerDomain domain) {
    this.domain = domain;
  }

  /** Begins with the URL: of scheme http or https, with no user and no fragment in it. */
  public static Builder builder(String url) {
    return new Builder(url);
  }

  /** What is asked. Redirects are not followed. */
  public URI url() {
    return domain.url();
  }

  /** See {@link Builder#interval}. */
  public Duration interval() {
    return domain.interval();
  }

  /** See {@link Builder#snapshot}; empty for none. */
  public Optional<Path> snapshot() {
    return Optional.ofNullable(domain.snapshot());
  }

  /** For the other modules of this library: itself, for remoting. */
  public NameServerDomain domain() {
    return domain;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AddressServer server && domain.equals(server.domain);
  }

  @Override
  public int hashCode() {
    return domain.hashCode();
  }

  @Override
  public String toString() {
    return "AddressServer[%s every %s, snapshot %s]"
        .formatted(url(), interval(), snapshot().map(Path::toString).orElse("none"));
  }

  /** Collects {@link AddressServer}. Not safe for use by several threads. */
  public static final class Builder {
    private final String url;
    private Duration interval = Duration.ofMinutes(2);
    private @Nullable Path snapshot;

    private Builder(String url) {
      this.url = url;
    }

    /** How often it is asked: 1 s to 1 day; every 2 minutes by default. */
    public Builder interval(Duration value) {
      interval = value;
      return this;
    }

    /**
     * A file that keeps the last list, so that a client can start while the address server is away;
     * none by default. Its folder must exist; the file is made and replaced by the client.
     */
    public Builder snapshot(Path file) {
      snapshot = file;
      return this;
    }

    /**
     * The options.
     *
     * @throws RocketMQException INVALID_ARGUMENT naming the URL, interval or snapshot that cannot
     *     be used
     */
    public AddressServer build() {
      Checks.range("interval", interval, Duration.ofSeconds(1), Duration.ofDays(1));
      if (snapshot != null) {
        checkSnapshot(snapshot.toAbsolutePath());
      }
      try {
        return new AddressServer(
            new NameServerDomain(URI.create(url), interval, TIMEOUT, snapshot));
      } catch (IllegalArgumentException e) {
        throw RocketMQException.of(
            RocketMQException.Category.INVALID_ARGUMENT,
            "url of the address server: " + e.getMessage(),
            e);
      }
    }

    private static void checkSnapshot(Path file) {
      Path folder = file.getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw RocketMQException.invalid("snapshot", file, "in a folder that exists");
      }
      if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isReadable(file))) {
        throw RocketMQException.invalid("snapshot", file, "a readable file, or none yet");
      }
    }
  }
}
