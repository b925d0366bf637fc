package dev.sluice.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The modules and the arrows between them, as {@link Module} lists them. */
class ArrowsTest {
  /** What frontends may use of the modules below the core; the core itself is made for them. */
  private static final Set<String> FOR_FRONTENDS =
      Set.of(
          "AckPath",
          "ActiveUpstream",
          "Caller",
          "ConnectionScope",
          "DeliverySink",
          "DeliveryStream",
          "Endpoint",
          "EndpointAllowList",
          "GatewayMetrics",
          "GatewaySettings",
          "Names",
          "PullPath",
          "ReceivePath",
          "ReceiveTerms",
          "ResourceKinds",
          "ResourceScope",
          "Rights",
          "SealedDelivery",
          "SealedHandle",
          "UpstreamLease",
          "Upstreams");

  private static JavaClasses production = new ClassFileImporter().importClasses();

  @BeforeAll
  static void readTheClasses() {
    production =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sluice");
  }

  @ParameterizedTest
  @EnumSource(Module.class)
  void aModuleUsesOnlyWhatItMay(Module module) {
    classes()
        .that(describe("in " + module, module::contains))
        .should()
        .onlyDependOnClassesThat(
            describe("outside the modules, or in an allowed one", used -> mayUse(module, used)))
        .allowEmptyShould(true)
        .check(production);
  }

  @ParameterizedTest
  @EnumSource(Module.class)
  void aModuleUsesOnlyTheLibrariesThatItMay(Module module) {
    classes()
        .that(describe("in " + module, module::contains))
        .should()
        .onlyDependOnClassesThat(
            describe("of a library allowed to " + module, used -> module.mayUseLibrary(used)))
        .allowEmptyShould(true)
        .check(production);
  }

  @ParameterizedTest
  @EnumSource(Module.class)
  void everyModuleIsThere(Module module) {
    assertThat(production.stream().filter(module::contains))
        .as(module + " has classes")
        .isNotEmpty();
  }

  @Test
  void everyClassBelongsToTheOnePackageOfAModule() {
    classes()
        .should()
        .resideInAnyPackage(
            Arrays.stream(Module.values()).flatMap(Module::packages).toArray(String[]::new))
        .check(production);
  }

  @Test
  void noCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                Optional<Module> module = Module.of(javaClass);
                return module.isPresent()
                    ? SliceIdentifier.of(module.get().name())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "modules";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(production);
  }

  /** Packages kept this apart while the core was one module. */
  @Test
  void frontendsSeeOnlyWhatIsMeantForThem() {
    classes()
        .that(
            describe(
                "are frontends",
                javaClass ->
                    Module.FRONTEND_PROXY.contains(javaClass)
                        || Module.FRONTEND_V2.contains(javaClass)))
        .should()
        .onlyDependOnClassesThat(
            describe(
                "are for frontends, where they are below the core", ArrowsTest::isForFrontends))
        .check(production);
  }

  private static boolean isForFrontends(JavaClass used) {
    if (!Module.UPSTREAMS.contains(used) && !Module.DELIVERIES.contains(used)) {
      return true;
    }
    JavaClass outermost = used.getBaseComponentType();
    while (outermost.getEnclosingClass().isPresent()) {
      outermost = outermost.getEnclosingClass().get();
    }
    return FOR_FRONTENDS.contains(outermost.getSimpleName());
  }

  @Test
  void onlyTheCommandLineWritesToTheStandardStreams() {
    noClasses()
        .that(
            describe(
                "are not the command line",
                javaClass ->
                    !Module.SERVER.contains(javaClass)
                        && !Module.EVENTBUS_TOOLS.contains(javaClass)
                        && !Module.ENGINES.contains(javaClass)
                        && !Module.TESTKIT.contains(javaClass)))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(production);
  }

  @Test
  void loggingIsSlf4j() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "java.util.logging..", "org.apache.logging..", "org.apache.commons.logging.."))
        .check(production);
  }

  private static boolean mayUse(Module module, JavaClass used) {
    Optional<Module> other = Module.of(used);
    return other.isEmpty() || other.get() == module || module.mayUse(other.get());
  }
}
