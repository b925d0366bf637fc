package dev.sluice.gateway.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;

/**
 * HTTP/1.1 whose connections end in time, whatever their peers do: say nothing, send a byte now and
 * then, or never read the answer. The server alone ends those that wait for a request; here the
 * others are interrupted too.
 */
final class HttpConnections implements ServerConnectionSelector {
  /** The most bytes of a request's first line. */
  static final int MAX_LINE = 4096;

  /** The most bytes of a request's headers. */
  static final int MAX_HEADERS = 8192;

  private final ServerConnectionSelector http1;
  private final Duration longest;

  /**
   * Connections that end in time.
   *
   * @param longest from a request's first line to the end of its answer, and between two requests
   */
  HttpConnections(Duration longest) {
    this.longest = longest;
    this.http1 =
        Http1ConnectionSelector.builder()
            .config(
                Http1Config.builder()
                    .maxPrologueLength(MAX_LINE)
                    .maxHeadersSize(MAX_HEADERS)
                    .build())
            .build();
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http1.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http1.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    ServerConnection connection = http1.connection(context);
    return new ServerConnection() {
      @Override
      public void handle(Limit limit) throws InterruptedException {
        connection.handle(limit);
      }

      @Override
      public Duration idleTime() {
        return connection.idleTime();
      }

      @Override
      public void close(boolean interrupt) {
        connection.close(interrupt || idleTime().compareTo(longest) > 0);
      }
    };
  }
}
