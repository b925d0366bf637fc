package dev.sluice.gateway.frontend.v2;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One client, by its id: the telemetry streams that told its settings, and what is renewed for it.
 * Lives as long as it has either. Its sets are only touched by {@link Clients}, while its map holds
 * the client's key.
 */
final class ClientSession {

  /** A client without a telemetry stream is gone when it was not heard of for so long. */
  static final Duration SILENCE = Duration.ofSeconds(60);

  /** The most receives whose messages are renewed, or may come to be. */
  static final int MAX_RENEWALS = 4096;

  private final Set<TelemetryStream> streams = new HashSet<>();
  private final Set<Renewal> renewals = new HashSet<>();
  private volatile boolean told;
  private volatile boolean over;
  private volatile long heardNanos;

  ClientSession(long now) {
    heardNanos = now;
  }

  /** The client has called. */
  void heard(long now) {
    heardNanos = now;
  }

  /** Whether its client is there, as far as can be known: connections may be shared by many. */
  boolean isAlive(long now) {
    return !over && (told || now - heardNanos < SILENCE.toNanos());
  }

  boolean isOver() {
    return over;
  }

  // Under the key's lock.

  /** Those that are open and have told settings. */
  Set<TelemetryStream> streams() {
    return streams;
  }

  void add(TelemetryStream stream) {
    streams.add(stream);
    told = true;
  }

  void remove(TelemetryStream stream) {
    streams.remove(stream);
    told = !streams.isEmpty();
  }

  boolean add(Renewal renewal) {
    return renewals.size() < MAX_RENEWALS && renewals.add(renewal);
  }

  void remove(Renewal renewal) {
    renewals.remove(renewal);
  }

  boolean isEmpty() {
    return streams.isEmpty() && renewals.isEmpty();
  }

  /** Ends it; what it had renewed is to be closed. */
  List<Renewal> end() {
    over = true;
    told = false;
    return List.copyOf(renewals);
  }
}
