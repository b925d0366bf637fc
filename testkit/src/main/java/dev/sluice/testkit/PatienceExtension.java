package dev.sluice.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.Extension;

/**
 * Has Awaitility wait for a minute where a test says nothing else, instead of its ten seconds: on a
 * machine that is busy a broker, or any thread, may stand still for as long, and what comes in time
 * ends a wait at once all the same.
 *
 * <p>Registered for every test that has the testkit on its class path.
 */
public final class PatienceExtension implements Extension {

  /** How long a wait is that says nothing else. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Sets it: extensions are created before any test class is initialised. */
  public PatienceExtension() {
    Awaitility.setDefaultTimeout(PATIENCE);
  }
}
