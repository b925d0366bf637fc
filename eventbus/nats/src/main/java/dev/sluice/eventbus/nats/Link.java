package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.NatsCredentials;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a connection: makes one session after the other, with waits in between, until closed. */
final class Link {
  /** What the ledger counts a connection as. */
  static final String LEDGER_KIND = "nats connection";

  private static final Logger LOG = LoggerFactory.getLogger(Link.class);
  private static final Duration CONNECT_TIME = Duration.ofSeconds(2);
  private static final long FIRST_WAIT_MILLIS = 50;
  private static final long LONGEST_WAIT_MILLIS = 2_000;

  private final Settings settings;
  private final Listener listener;
  private final CompletableFuture<Void> closing = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile State state = new State.Down("not connected yet", false);

  Link(Settings settings, Listener listener) {
    this.settings = settings;
    this.listener = listener;
  }

  /** How it is. */
  sealed interface State {
    /** Connected. */
    record Up(Session session) implements State {}

    /**
     * Not connected.
     *
     * @param reason for a person
     * @param refused whether the server does not know the caller
     */
    record Down(String reason, boolean refused) implements State {}
  }

  /** Told of sessions, by the link's thread, one after the other; must not block. */
  interface Listener {
    void onUp(Session session);

    void onDown(Session session);

    /** The server refused to take something, without saying of which message. */
    void onRefused(String error);
  }

  /** What sessions are made with. */
  record Settings(NatsOptions options, NatsNames names, NatsThreads threads, Ledger ledger) {

    /** Questions must be answered well within a lease. */
    Duration requestTimeout() {
      Duration share = options.leaseTime().dividedBy(4);
      Duration longest = Duration.ofSeconds(5);
      return share.compareTo(longest) < 0 ? share : longest;
    }

    Options client(String server, ConnectionListener listener, ErrorListener errors) {
      Duration ping = options.leaseTime().dividedBy(4);
      Options.Builder builder =
          Options.builder()
              .server(server)
              .connectionName("sluice " + options.bus().group())
              .maxReconnects(0)
              .noRandomize()
              .ignoreDiscoveredServers()
              .connectionTimeout(CONNECT_TIME)
              // Without limit: the bus bounds what is being published.
              .maxMessagesInOutgoingQueue(0)
              .pingInterval(ping)
              .maxPingsOut(2)
              .executor(threads.tasks())
              .callbackExecutor(threads.tasks())
              .connectExecutor(threads.tasks())
              .scheduledExecutor(threads.timer())
              .connectionListener(listener)
              .errorListener(errors);
      switch (options.credentials()) {
        case NatsCredentials.None none -> {}
        case NatsCredentials.User user ->
            builder.userInfo(user.name().toCharArray(), user.password().toCharArray());
        case NatsCredentials.Token token -> builder.token(token.token().toCharArray());
        case NatsCredentials.CredentialsFile file ->
            builder.authHandler(Nats.credentials(file.file().toString()));
      }
      if (server.startsWith("tls:")) {
        builder.sslContext(HostChecks.with(trusted()));
      }
      return builder.build();
    }

    private SSLContext trusted() {
      SSLContext given = options.tls();
      try {
        return given == null ? SSLContext.getDefault() : given;
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("the JVM has no TLS", e);
      }
    }
  }

  State state() {
    return state;
  }

  void start() {
    settings.threads().run(this::run);
  }

  private void run() {
    List<String> servers = settings.options().servers();
    int next = 0;
    long wait = FIRST_WAIT_MILLIS;
    try {
      while (!closing.isDone()) {
        if (once(servers.get(next))) {
          wait = FIRST_WAIT_MILLIS;
        }
        next = (next + 1) % servers.size();
        long jitter = ThreadLocalRandom.current().nextLong(wait / 2 + 1);
        pause(wait / 2 + jitter);
        wait = Math.min(wait * 2, LONGEST_WAIT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended.complete(null);
    }
  }

  /** Whether there was a connection. */
  private boolean once(String server) throws InterruptedException {
    Session session;
    Errors errors = new Errors();
    try {
      session = Session.open(settings, server, errors);
    } catch (IOException | RuntimeException e) {
      down(server, e, errors.last);
      return false;
    }
    Tracked tracked = settings.ledger().track(LEDGER_KIND, server, session);
    try {
      state = new State.Up(session);
      LOG.info("connected to {}", session.server());
      listener.onUp(session);
      CompletableFuture.anyOf(session.lost(), closing).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("neither of them fails", e);
    } finally {
      state = new State.Down("the connection to " + server + " ended", false);
      listener.onDown(session);
      session.close();
      tracked.close();
    }
    if (!closing.isDone()) {
      LOG.warn("lost the connection to {}", server);
    }
    return true;
  }

  private void down(String server, Exception failure, @Nullable Exception below) {
    boolean refused = failure instanceof AuthenticationException;
    String reason =
        server
            + ": "
            + (refused ? "does not know the caller" : said(below == null ? failure : below));
    if (!(state instanceof State.Down down) || !down.reason().equals(reason)) {
      LOG.warn("cannot connect to {}", reason);
    }
    state = new State.Down(reason, refused);
  }

  private static String said(Exception failure) {
    Throwable cause =
        failure instanceof ExecutionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(cause);
  }

  private void pause(long millis) throws InterruptedException {
    try {
      closing.copy().orTimeout(millis, TimeUnit.MILLISECONDS).get();
    } catch (ExecutionException e) {
      // The time is over, which is what this is for.
    }
  }

  /** Ends the session, if there is one. Completes when its connection is closed. */
  CompletionStage<Void> close() {
    closing.complete(null);
    return ended;
  }

  /** For a link that was never started. */
  void neverStarted() {
    closing.complete(null);
    ended.complete(null);
  }

  private final class Errors implements ErrorListener {
    private volatile @Nullable Exception last;

    @Override
    public void errorOccurred(@Nullable Connection connection, String error) {
      LOG.warn("the server says: {}", error);
      listener.onRefused(error);
    }

    @Override
    public void exceptionOccurred(@Nullable Connection connection, Exception failure) {
      LOG.debug("the client had to deal with", failure);
      last = failure;
    }
  }
}
