package dev.sluice.proofs;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A crowd in a process of its own, which can be killed. Says that it has gathered, and stays. */
final class CrowdProcess implements AutoCloseable {

  private static final String GATHERED = "gathered";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Process process;

  private CrowdProcess(Process process) {
    this.process = process;
  }

  /** In that process; ends when its input does. */
  public static void main(String[] arguments) throws IOException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Crowd.gather(
        Integer.parseInt(arguments[0]),
        loops,
        arguments[1],
        Integer.parseInt(arguments[2]),
        Integer.parseInt(arguments[3]),
        false);
    System.out.println(GATHERED);
    System.exit(System.in.read() < 0 ? 0 : 1);
  }

  /** Starts it and waits until it has gathered. */
  static CrowdProcess start(Path folder, int port, String name, int connections, int each)
      throws IOException, InterruptedException {
    Path output = folder.resolve("crowd.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    CrowdProcess.class.getName(),
                    Integer.toString(port),
                    name,
                    Integer.toString(connections),
                    Integer.toString(each)))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    var crowd = new CrowdProcess(process);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.readString(output).contains(GATHERED)) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        crowd.close();
        throw new IOException("the crowd has not gathered: " + Files.readString(output));
      }
    }
    return crowd;
  }

  /** As a crash would; nobody says goodbye but the operating system. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
