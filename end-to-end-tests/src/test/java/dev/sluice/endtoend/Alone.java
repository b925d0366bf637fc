package dev.sluice.endtoend;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Keeps the tests of two classes, which run in processes of their own, from using the same thing at
 * once. Waits for as long as the other needs it.
 */
final class Alone implements BeforeAllCallback, AfterAllCallback {

  private static final Path LOCKS = Child.ROOT.resolve("target/locks");

  private final String thing;
  private @Nullable FileChannel held;

  private Alone(String thing) {
    this.thing = thing;
  }

  /** With the ports that a gateway has by default. */
  static Alone onTheDefaultPorts() {
    return new Alone("default-ports");
  }

  /** Holds a thing until the channel is closed. */
  static FileChannel with(String thing) throws IOException {
    Files.createDirectories(LOCKS);
    FileChannel channel =
        FileChannel.open(LOCKS.resolve(thing), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.lock(); // until the channel closes
    return channel;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    held = with(thing);
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    Objects.requireNonNull(held).close();
  }
}
