package dev.sluice.eventbus.nats;

import dev.sluice.engines.NatsEngine;
import dev.sluice.engines.NatsEngineOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** The server that the tests of this module share. It ends with their JVM. */
final class NatsServer {
  private static final NatsEngine SHARED = start();

  private NatsServer() {}

  static NatsEngine shared() {
    return SHARED;
  }

  private static NatsEngine start() {
    try {
      return NatsEngine.start(NatsEngineOptions.in(Files.createTempDirectory("nats-tests")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
