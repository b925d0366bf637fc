package dev.sluice.testkit;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test {@link Seeds} as a parameter, and adds the seed to the failure if it fails.
 * Registered for every test that has the testkit on its class path.
 */
public final class SeedsExtension implements ParameterResolver, AfterTestExecutionCallback {

  private static final Namespace NAMESPACE = Namespace.create(SeedsExtension.class);

  /** What is added to a failure, so that it is printed with it. */
  private static final class Seed extends RuntimeException {
    Seed(Seeds seeds) {
      super(seeds.toString(), null, true, false);
    }
  }

  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Seeds.class;
  }

  @Override
  public Seeds resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Seeds.class, key -> Seeds.fresh(), Seeds.class);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Seeds seeds = context.getStore(NAMESPACE).get(Seeds.class, Seeds.class);
    if (seeds != null) {
      context.getExecutionException().ifPresent(failure -> failure.addSuppressed(new Seed(seeds)));
    }
  }
}
