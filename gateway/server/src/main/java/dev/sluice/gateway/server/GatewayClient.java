package dev.sluice.gateway.server;

import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.access.ClientTls;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** The command line's connection to a running gateway. */
final class GatewayClient implements AutoCloseable {
  static final String STANDARD = "localhost:50051";

  private static final int INBOUND_BYTES = 16 * 1024 * 1024;
  private static final Duration CALL_TIME = Duration.ofSeconds(40);
  private static final Duration STOP_TIME = Duration.ofSeconds(1);

  private final String address;
  private final boolean secured;
  private final Supplier<NettyChannelBuilder> builders;
  private final ManagedChannel channel;

  private GatewayClient(String address, boolean secured, Supplier<NettyChannelBuilder> builders) {
    this.address = address;
    this.secured = secured;
    this.builders = builders;
    this.channel = builders.get().build();
  }

  /** One in plain text, without a key. */
  static GatewayClient to(String address) {
    return to(address, Optional.empty(), Optional.empty());
  }

  /**
   * One to this gateway; connects with its first call.
   *
   * @param tls empty for plain text
   * @param apiKey empty for none
   */
  static GatewayClient to(String address, Optional<ClientTls> tls, Optional<String> apiKey) {
    try {
      return new GatewayClient(address, tls.isPresent(), () -> builder(address, tls, apiKey));
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCodes.USAGE, "--gateway: " + address + " (expected: host:port)");
    }
  }

  private static NettyChannelBuilder builder(
      String address, Optional<ClientTls> tls, Optional<String> apiKey) {
    NettyChannelBuilder builder =
        tls.map(secured -> NettyChannelBuilder.forTarget(address, secured.credentials()))
            .orElseGet(() -> NettyChannelBuilder.forTarget(address).usePlaintext());
    apiKey.ifPresent(key -> builder.intercept(header(key)));
    return builder.maxInboundMessageSize(INBOUND_BYTES);
  }

  /** Which gateway. */
  String address() {
    return address;
  }

  /**
   * A further connection to the same gateway, whose calls are answered on the loop. It is the
   * caller's to shut down.
   */
  ManagedChannel connection(EventLoop loop, Class<? extends SocketChannel> transport) {
    return builders.get().eventLoopGroup(loop).channelType(transport).directExecutor().build();
  }

  private static ClientInterceptor header(String key) {
    Metadata headers = new Metadata();
    headers.put(ApiKeys.API_KEY, key);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** For calls that answer soon. */
  RocketMQProxyBlockingV2Stub calls() {
    return streams().withDeadlineAfter(CALL_TIME);
  }

  /** For streams, which have no deadline. */
  RocketMQProxyBlockingV2Stub streams() {
    return RocketMQProxyGrpc.newBlockingV2Stub(channel);
  }

  /** Throws where the answer tells of a failure. */
  static void check(boolean success, FailureCode code, String message) {
    if (!success) {
      throw refused(code, message);
    }
  }

  /** What a refusal means to the user. */
  static CommandException refused(FailureCode code, String message) {
    return new CommandException(
        code == FailureCode.UNAVAILABLE ? ExitCodes.UNAVAILABLE : ExitCodes.FAILED, message);
  }

  /** What a failed call means to the user. */
  CommandException explain(StatusException failure) {
    Status status = failure.getStatus();
    if (status.getCode() == Status.Code.UNAUTHENTICATED) {
      return new CommandException(
          ExitCodes.FAILED,
          address
              + " answers "
              + status.getDescription()
              + "; --api-key-file or "
              + GatewayOptions.KEY_VARIABLE
              + " gives it");
    }
    String description = String.valueOf(status.getDescription());
    if (description.contains("resolve") || isCausedBy(ConnectException.class, failure)) {
      return new CommandException(
          ExitCodes.UNAVAILABLE,
          "no gateway at "
              + address
              + " (start one with 'sluice serve', or name another with --gateway host:port)");
    }
    // Closed without a word, or with one that is no HTTP/2: which of them is a matter of luck.
    boolean ended =
        status.getCode() == Status.Code.UNAVAILABLE
            && (status.getCause() != null || description.contains("Network closed"));
    if (secured && (ended || isCausedBy(SSLException.class, failure))) {
      return new CommandException(
          ExitCodes.UNAVAILABLE,
          address
              + ": TLS failed: "
              + StartException.deepest(failure)
              + " (expected: a gateway with TLS_CERT, signed by one of --tls-ca; with"
              + " TLS_CLIENT_CA, also --tls-cert and --tls-key)");
    }
    if (ended || description.contains("http2 exception")) {
      return new CommandException(
          ExitCodes.FAILED,
          address
              + ": does not speak gRPC in plain text (expected: the gateway's gRPC port, usually"
              + " 50051; 8080 is HTTP; where it has TLS_CERT, --tls-ca or --tls)");
    }
    return new CommandException(
        status.getCode() == Status.Code.UNAVAILABLE ? ExitCodes.UNAVAILABLE : ExitCodes.FAILED,
        address
            + " answers "
            + status.getCode()
            + (status.getDescription() == null ? "" : ": " + status.getDescription()));
  }

  private static boolean isCausedBy(Class<? extends Exception> kind, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(STOP_TIME.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
