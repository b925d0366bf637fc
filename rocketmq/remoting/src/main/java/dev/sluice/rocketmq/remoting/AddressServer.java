package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an address server for the name servers, on a virtual thread, at most one at a time. The HTTP
 * client lives for one answer: between them, minutes, there is no thread and no connection. Safe
 * for all threads.
 */
final class AddressServer {
  private static final Logger log = LoggerFactory.getLogger(AddressServer.class);

  /** How often {@link #look} is to be called, and how often is asked while no list is known. */
  static final Duration PACE = Duration.ofSeconds(5);

  private static final int OK = 200;

  private final NameServerDomain domain;
  private final NameServerAddresses addresses;
  private final @Nullable NameServerSnapshot snapshot;
  private final Ledger ledger;
  private final Clock clock;
  private final String owner;

  // Guarded by this.
  private @Nullable Thread asking;
  private CompletableFuture<@Nullable Void> over = CompletableFuture.completedFuture(null);
  private long lastNanos;
  private boolean failing;
  private boolean stopped;

  AddressServer(
      NameServerDomain domain,
      NameServerAddresses addresses,
      Ledger ledger,
      Clock clock,
      String owner) {
    this.domain = domain;
    this.addresses = addresses;
    this.snapshot =
        domain.snapshot() == null ? null : new NameServerSnapshot(domain.snapshot(), log::warn);
    this.ledger = ledger;
    this.clock = clock;
    this.owner = owner;
  }

  /** Reads the snapshot and asks for the first time. Blocks until that is over. */
  void start() {
    addresses.none(domain.url() + " has not answered yet");
    if (snapshot != null) {
      List<Endpoint> last = snapshot.read();
      if (!last.isEmpty()) {
        addresses.replace(last);
      }
    }
    ask().join();
  }

  /** Asks if it is time to. Does not block. */
  void look() {
    Duration pause = addresses.current().isEmpty() ? PACE : domain.interval();
    synchronized (this) {
      if (clock.nanoTime() - lastNanos < pause.toNanos()) {
        return;
      }
    }
    CompletableFuture<?> unused = ask();
  }

  /** Gives up; done when no thread is left. */
  synchronized CompletionStage<?> stop() {
    stopped = true;
    Thread thread = asking;
    if (thread != null) {
      thread.interrupt();
    }
    return over;
  }

  private synchronized CompletableFuture<@Nullable Void> ask() {
    if (stopped || asking != null) {
      return over;
    }
    lastNanos = clock.nanoTime();
    CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    Tracked tracked = ledger.track("request", owner + " to " + domain.url(), end);
    Thread thread = Thread.ofVirtual().name("name-servers").unstarted(() -> run(tracked, end));
    asking = thread;
    over = end;
    thread.start();
    return end;
  }

  private void run(Tracked tracked, CompletableFuture<@Nullable Void> end) {
    try {
      take(NameServerList.parse(text()));
    } catch (InterruptedException e) {
      log.debug("Asking {} for name servers was given up", domain.url());
    } catch (IOException | RuntimeException e) {
      failed(e);
    } finally {
      tracked.close();
      synchronized (this) {
        asking = null;
      }
      end.complete(null);
    }
  }

  private void take(List<Endpoint> servers) {
    synchronized (this) {
      failing = false;
    }
    if (addresses.replace(servers)) {
      log.info("{} names the name servers {}", domain.url(), servers);
    }
    if (snapshot != null && !snapshot.read().equals(servers)) {
      snapshot.write(servers);
    }
  }

  /** One warning for a row of failures. */
  private void failed(Exception problem) {
    boolean first;
    synchronized (this) {
      first = !failing;
      failing = true;
    }
    addresses.none(domain.url() + " failed: " + problem);
    if (first) {
      log.warn(
          "{} does not tell the name servers, {} stay: {}",
          domain.url(),
          addresses.current(),
          problem.toString());
    }
  }

  private String text() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(domain.url()).timeout(domain.timeout()).GET().build();
    ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    HttpClient client =
        HttpClient.newBuilder()
            .executor(workers)
            .connectTimeout(domain.timeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, head -> new BoundedBody(NameServerList.MAX_BYTES));
    try {
      HttpResponse<byte[]> response = answer.get(domain.timeout().toNanos(), TimeUnit.NANOSECONDS);
      if (response.statusCode() != OK) {
        throw new IOException("status: " + response.statusCode() + " (expected: " + OK + ")");
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no whole answer in " + domain.timeout(), e);
    } finally {
      answer.cancel(true);
      client.shutdownNow();
      workers.shutdownNow();
    }
  }
}
