package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Runs test classes as a build would, in a Java process of its own: what watches over tests watches
 * over the whole process, and must not see what other tests make fail on purpose.
 */
record FailingRun(int failures, String output) {

  static FailingRun of(List<String> jvmOptions, Class<?>... classes)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(FailingRun.class.getName());
    for (Class<?> each : classes) {
      command.add(each.getName());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
      return new FailingRun(process.exitValue(), output);
    } finally {
      process.destroyForcibly();
    }
  }

  static FailingRun of(Class<?>... classes) throws IOException, InterruptedException {
    return of(List.of(), classes);
  }

  /** Exits with the number of what failed: tests, and classes or engines on their own account. */
  public static void main(String[] classes) {
    var request = LauncherDiscoveryRequestBuilder.request();
    for (String each : classes) {
      request.selectors(DiscoverySelectors.selectClass(each));
    }
    var summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request.build(), summary);
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    summary.getSummary().printFailuresTo(out, 30);
    System.exit((int) summary.getSummary().getTotalFailureCount());
  }
}
