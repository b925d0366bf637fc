package dev.sluice.testkit;

import dev.sluice.lifecycle.Ledger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test a {@link Ledger} of its own as a parameter, and fails the test if something in it is
 * still open, has leaked, or was released twice when the test has ended.
 *
 * <p>The test's constructor, {@code @BeforeEach}, test and {@code @AfterEach} methods get the same
 * one. If {@code @BeforeAll} takes one, the whole class shares it, and it is checked when the class
 * has ended. What closes on other threads has half a minute to do so.
 *
 * <p>Registered for every test that has the testkit on its class path.
 */
public final class LedgerExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(LedgerExtension.class);

  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Ledger.class;
  }

  @Override
  public Ledger resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // A value of the store is closed when what the context stands for, a test or a class, has
    // ended.
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(CheckedLedger.class, key -> new CheckedLedger(), CheckedLedger.class)
        .ledger;
  }

  private static final class CheckedLedger implements AutoCloseable {
    private final Ledger ledger = Ledger.create();

    @Override
    public void close() {
      LedgerCheck.assertClean(ledger);
    }
  }
}
