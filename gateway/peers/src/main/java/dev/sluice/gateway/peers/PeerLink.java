package dev.sluice.gateway.peers;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.peers.PeersGrpc;
import dev.sluice.gateway.proto.peers.SealedAnswer;
import dev.sluice.gateway.proto.peers.SealedRequest;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.lifecycle.Clock;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one address. Has a connection while it is used; one that fails is hung up and the
 * address is left alone for a while, during which nothing is tried, and afterwards one call at a
 * time until one succeeds. Only touched on its loop.
 */
final class PeerLink {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

  /** The most calls at once. */
  static final int MOST_AT_ONCE = 256;

  private final String address;
  private final Loop loop;
  private final Clock clock;
  private final PeerTimes times;
  private final PeerConnections connections;
  private PeerConnections.@Nullable Connection connection;
  private int underWay;
  private int failures;
  private long restsUntil;
  private long lastUsed;

  /** Connects with its first call. */
  PeerLink(String address, Loop loop, Clock clock, PeerTimes times, PeerConnections connections) {
    this.address = address;
    this.loop = loop;
    this.clock = clock;
    this.times = times;
    this.connections = connections;
  }

  /**
   * Carries a sealed request there.
   *
   * @param opening of the sealed answer; empty where it proves nothing
   */
  <T> void ask(
      ByteString request, Function<ByteString, Optional<T>> opening, Completion<T> completion) {
    lastUsed = clock.nanoTime();
    if (failures > 0 && (lastUsed - restsUntil < 0 || underWay > 0)) {
      completion.failed(
          GatewayException.unavailable(
              "peer: " + address + " was out of reach just now (it is tried again soon)", null));
      return;
    }
    if (underWay >= MOST_AT_ONCE) {
      completion.failed(
          GatewayException.overloaded(
              "peer: " + address + " is being asked " + MOST_AT_ONCE + " questions (the most)"));
      return;
    }
    PeerConnections.Connection used = connection;
    if (used == null) {
      used = connections.open(address);
      connection = used;
    }
    underWay++;
    ClientCalls.asyncUnaryCall(
        used.channel()
            .newCall(
                PeersGrpc.getAskMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(
                    times.answer().toNanos(), TimeUnit.NANOSECONDS)),
        SealedRequest.newBuilder().setContent(request).build(),
        new Call<>(used, opening, completion));
  }

  /** Called on any thread; ends on the loop. */
  private final class Call<T> implements StreamObserver<SealedAnswer> {
    private final PeerConnections.Connection by;
    private final Function<ByteString, Optional<T>> opening;
    private final Completion<T> completion;
    private @Nullable SealedAnswer answer;

    Call(
        PeerConnections.Connection by,
        Function<ByteString, Optional<T>> opening,
        Completion<T> completion) {
      this.by = by;
      this.opening = opening;
      this.completion = completion;
    }

    @Override
    public void onNext(SealedAnswer value) {
      answer = value;
    }

    @Override
    public void onError(Throwable failure) {
      OnLoop.run(
          loop,
          () -> {
            underWay--;
            completion.failed(failed(by, reason(Status.fromThrowable(failure))));
          });
    }

    @Override
    public void onCompleted() {
      SealedAnswer given = answer;
      Optional<T> opened = given == null ? Optional.empty() : opening.apply(given.getContent());
      OnLoop.run(
          loop,
          () -> {
            underWay--;
            if (opened.isPresent()) {
              succeeded();
              completion.done(opened.get());
            } else {
              completion.failed(
                  failed(by, "what answers there proves no knowledge of our cluster key"));
            }
          });
    }

    private static String reason(Status status) {
      return status.getDescription() == null
          ? status.getCode().name()
          : status.getCode() + ": " + status.getDescription();
    }
  }

  private void succeeded() {
    if (failures > 0) {
      LOG.info("The peer {} answers again", address);
    }
    failures = 0;
  }

  private GatewayException failed(PeerConnections.Connection by, String why) {
    // Whatever else was under way there fails with it, and is no failure of its own.
    if (by.equals(connection)) {
      connection = null;
      connections.hangUp(by);
      failures++;
      restsUntil = clock.nanoTime() + times.rest(failures).toNanos();
      if (failures == 1) {
        LOG.warn("The peer {} is out of reach: {}", address, why);
      }
    }
    return GatewayException.unavailable("peer: " + address + " is out of reach: " + why, null);
  }

  /** Whether nothing is under way and nobody has asked for it for so long. */
  boolean isIdle(Duration time) {
    return underWay == 0 && clock.nanoTime() - lastUsed >= time.toNanos();
  }

  /** When it was last asked for, on the monotonic clock. */
  long lastUsed() {
    return lastUsed;
  }

  /** Hangs up; what is under way fails. */
  void close() {
    PeerConnections.Connection open = connection;
    if (open != null) {
      connection = null;
      connections.hangUp(open);
    }
  }
}
