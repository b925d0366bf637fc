package dev.sluice.engines;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The main class of the child process: a name server and a broker of RocketMQ in one JVM.
 *
 * <p>It is compiled without RocketMQ and reaches it by reflection, because the versions of its many
 * dependencies must not meet ours.
 */
final class RocketMQHost implements HostProcess.Servers {
  private final HostSettings settings;
  private volatile @Nullable RocketMQBroker broker;

  private RocketMQHost(HostSettings settings) {
    this.settings = settings;
  }

  /** Starts the servers described by the arguments, see {@link HostSettings#toArguments()}. */
  public static void main(String[] arguments) {
    HostSettings settings = HostSettings.parse(arguments);
    new HostProcess(
            settings.dataDirectory(), settings.owner(), settings.followStandardInput(), System.out)
        .run(new RocketMQHost(settings));
  }

  @Override
  public void start(HostProcess process) throws Exception {
    Path home = new HostFiles(settings).write();
    process.say(HostLine.PROGRESS, "starting the name server and the broker");
    RocketMQBroker started = RocketMQBroker.start(settings, home);
    broker = started;
    HostProcess.startThread("engine-quiet", () -> keepQuiet(started));
  }

  /** Makes everything durable; RocketMQ's own shutdown takes over 20 s. */
  @Override
  public void stop() {
    RocketMQBroker running = broker;
    if (running != null) {
      running.persist();
    }
  }

  private static void keepQuiet(RocketMQBroker running) {
    try {
      while (true) {
        TimeUnit.SECONDS.sleep(1);
        running.keepQuiet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
