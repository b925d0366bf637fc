package dev.sluice.gateway.server;

import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The command line's connection to a running gateway. */
final class GatewayClient implements AutoCloseable {
  static final String STANDARD = "localhost:50051";
  static final String DESCRIPTION = "The gateway's gRPC address. Default: " + STANDARD + ".";

  private static final int INBOUND_BYTES = 16 * 1024 * 1024;
  private static final Duration CALL_TIME = Duration.ofSeconds(40);
  private static final Duration STOP_TIME = Duration.ofSeconds(1);

  private final String address;
  private final ManagedChannel channel;

  private GatewayClient(String address, ManagedChannel channel) {
    this.address = address;
    this.channel = channel;
  }

  static GatewayClient to(String address) {
    try {
      return new GatewayClient(
          address,
          NettyChannelBuilder.forTarget(address)
              .usePlaintext()
              .maxInboundMessageSize(INBOUND_BYTES)
              .build());
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCodes.USAGE, "--gateway: " + address + " (expected: host:port)");
    }
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
      throw new CommandException(
          code == FailureCode.UNAVAILABLE ? ExitCodes.UNAVAILABLE : ExitCodes.FAILED, message);
    }
  }

  /** What a failed call means to the user. */
  CommandException explain(StatusException failure) {
    Status status = failure.getStatus();
    if (status.getCode() == Status.Code.UNAVAILABLE && channelNeverWorked(status)) {
      return new CommandException(
          ExitCodes.UNAVAILABLE,
          "no gateway at "
              + address
              + " (start one with 'sluice serve', or name another with --gateway host:port)");
    }
    if (String.valueOf(status.getDescription()).contains("http2 exception")) {
      return new CommandException(
          ExitCodes.FAILED,
          address
              + ": does not speak gRPC (expected: the gateway's gRPC port, usually 50051; 8080 is"
              + " HTTP)");
    }
    return new CommandException(
        status.getCode() == Status.Code.UNAVAILABLE ? ExitCodes.UNAVAILABLE : ExitCodes.FAILED,
        address
            + " answers "
            + status.getCode()
            + (status.getDescription() == null ? "" : ": " + status.getDescription()));
  }

  private static boolean channelNeverWorked(Status status) {
    return status.getCause() != null || String.valueOf(status.getDescription()).contains("resolve");
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
