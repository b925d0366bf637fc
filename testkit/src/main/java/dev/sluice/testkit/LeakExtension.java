package dev.sluice.testkit;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test class by whose end something of Netty's was collected without having been released,
 * or a line with {@code LEAK:} was printed.
 *
 * <p>A collection is forced at the end of each top-level class, and once more at the very end. What
 * is still referred to at the end of its class, by an event loop say, is found at the end of a
 * later one.
 *
 * <p>Registered for every test that has the testkit on its class path, by {@code
 * junit-platform.properties} in it; a module that has a file of that name itself must enable {@code
 * junit.jupiter.extensions.autodetection.enabled} there.
 */
public final class LeakExtension implements BeforeAllCallback, AfterAllCallback {

  private static final Namespace NAMESPACE = Namespace.create(LeakExtension.class);

  /** Installs the detection: extensions are created before any test class is initialised. */
  public LeakExtension() {
    LeakWatch.install();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    AutoCloseable atTheVeryEnd = () -> LeakWatch.check("all tests");
    var unused =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(LeakWatch.class, key -> atTheVeryEnd);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getEnclosingTestClasses().isEmpty()) {
      LeakWatch.check(context.getDisplayName());
    }
  }
}
