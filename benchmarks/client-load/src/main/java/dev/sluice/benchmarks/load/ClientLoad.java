package dev.sluice.benchmarks.load;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The load of one turn. Warms up, reports the beginning of its measuring, and the end; see {@link
 * Report}.
 */
@Command(name = "client-load", mixinStandardHelpOptions = true, description = "Sends, one client.")
public final class ClientLoad implements Callable<Integer> {

  private final Opening opening;

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(names = "--name-server", required = true, description = "host:port")
  private String nameServer;

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(names = "--topic", required = true, description = "A topic that exists.")
  private String topic;

  @Option(names = "--coalescing", description = "Whether single sends may leave together.")
  private boolean coalescing;

  @Option(names = "--waiting", description = "One send at a time, each waited for.")
  private boolean waiting;

  @Option(names = "--in-flight", description = "Sends at a time, default ${DEFAULT-VALUE}.")
  private int inFlight = 100;

  @Option(names = "--body", description = "Bytes, default ${DEFAULT-VALUE}.")
  private int bodyBytes = 256;

  @Option(names = "--warm-up", description = "Seconds, default ${DEFAULT-VALUE}.")
  private int warmUp = 15;

  @Option(names = "--measure", description = "Seconds, default ${DEFAULT-VALUE}.")
  private int measure = 25;

  private ClientLoad(Opening opening) {
    this.opening = opening;
  }

  /** Starts the client that is measured. */
  @FunctionalInterface
  public interface Opening {
    /**
     * Starts its producer, as its users do, with its own defaults.
     *
     * @param nameServer {@code host:port}
     * @param topic what its sends go to
     * @param coalescing whether single sends may leave together, where it can do that
     */
    Sender open(String nameServer, String topic, boolean coalescing) throws Exception;
  }

  /** Runs it; ends the process. */
  public static void run(Opening opening, String[] arguments) {
    System.exit(new CommandLine(new ClientLoad(opening)).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    byte[] body = new byte[bodyBytes];
    try (Sender sender = opening.open(nameServer, topic, coalescing)) {
      if (waiting) {
        new WaitingSends(sender, body).run(warmUp, measure);
      } else {
        new SendsInFlight(sender, body, inFlight).run(warmUp, measure);
      }
    }
    return 0;
  }
}
