package dev.sluice.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The table of modules: one package each, the modules that it may use, and the packages of
 * libraries that it may use besides the JDK's. An arrow that is not here needs a decision record
 * first.
 */
@SuppressWarnings("ImmutableEnumChecker") // The lists are List.of.
enum Module {
  LIFECYCLE("dev.sluice.lifecycle", List.of(), List.of()),
  TESTKIT(
      "dev.sluice.testkit",
      List.of(LIFECYCLE),
      List.of("io.netty", "org.awaitility", "org.junit", "org.slf4j")),
  ENGINES("dev.sluice.engines", List.of(LIFECYCLE), List.of("org.slf4j")),
  WIRE(
      "dev.sluice.rocketmq.wire",
      List.of(),
      List.of("io.netty.buffer", "io.netty.util", "com.fasterxml.jackson")),
  REQUESTS(
      "dev.sluice.rocketmq.requests",
      List.of(WIRE),
      List.of("io.netty.buffer", "com.fasterxml.jackson", "net.jpountz", "com.github.luben.zstd")),
  REMOTING(
      "dev.sluice.rocketmq.remoting",
      List.of(REQUESTS, WIRE, LIFECYCLE),
      List.of("io.netty", "org.jctools", "org.slf4j", "com.fasterxml.jackson")),
  CLIENT("dev.sluice.rocketmq.client", List.of(REMOTING, REQUESTS, WIRE), List.of()),
  RUNTIME(
      "dev.sluice.rocketmq.runtime",
      List.of(CLIENT, REMOTING, REQUESTS, WIRE, LIFECYCLE),
      List.of("io.netty.util.concurrent", "io.netty.channel", "org.slf4j")),
  PRODUCER(
      "dev.sluice.rocketmq.producer",
      List.of(RUNTIME, CLIENT, REMOTING, REQUESTS, WIRE, LIFECYCLE),
      List.of("io.netty.util.concurrent", "io.netty.channel", "org.slf4j")),
  ADMIN(
      "dev.sluice.rocketmq.admin",
      List.of(RUNTIME, CLIENT, REMOTING, REQUESTS, WIRE, LIFECYCLE),
      List.of()),
  GROUP(
      "dev.sluice.rocketmq.group",
      List.of(RUNTIME, CLIENT, REMOTING, REQUESTS, WIRE, LIFECYCLE),
      List.of("org.slf4j")),
  CONSUMER(
      "dev.sluice.rocketmq.consumer",
      List.of(GROUP, RUNTIME, CLIENT, REMOTING, REQUESTS, WIRE, LIFECYCLE),
      List.of("org.slf4j")),
  EVENTBUS("dev.sluice.eventbus", List.of(LIFECYCLE), List.of("com.fasterxml.jackson")),
  EVENTBUS_DISPATCH(
      "dev.sluice.eventbus.dispatch", List.of(EVENTBUS, LIFECYCLE), List.of("org.slf4j")),
  EVENTBUS_TRANSPORT(
      "dev.sluice.eventbus.transport", List.of(EVENTBUS_DISPATCH, EVENTBUS, LIFECYCLE), List.of()),
  EVENTBUS_CORE(
      "dev.sluice.eventbus.core",
      List.of(EVENTBUS_TRANSPORT, EVENTBUS_DISPATCH, EVENTBUS, LIFECYCLE),
      List.of()),
  EVENTBUS_MEMORY(
      "dev.sluice.eventbus.memory",
      List.of(EVENTBUS_CORE, EVENTBUS_TRANSPORT, EVENTBUS_DISPATCH, EVENTBUS, LIFECYCLE),
      List.of("org.slf4j")),
  EVENTBUS_METRICS(
      "dev.sluice.eventbus.metrics", List.of(EVENTBUS, LIFECYCLE), List.of("io.micrometer")),
  EVENTBUS_OUTBOX("dev.sluice.eventbus.outbox", List.of(EVENTBUS, LIFECYCLE), List.of("org.slf4j")),
  EVENTBUS_ROCKETMQ(
      "dev.sluice.eventbus.rocketmq",
      List.of(
          EVENTBUS_CORE,
          EVENTBUS_TRANSPORT,
          EVENTBUS_DISPATCH,
          EVENTBUS,
          PRODUCER,
          GROUP,
          RUNTIME,
          CLIENT,
          REMOTING,
          REQUESTS,
          WIRE,
          LIFECYCLE),
      List.of("org.slf4j")),
  EVENTBUS_KAFKA(
      "dev.sluice.eventbus.kafka",
      List.of(EVENTBUS_CORE, EVENTBUS_TRANSPORT, EVENTBUS_DISPATCH, EVENTBUS, LIFECYCLE),
      List.of("org.apache.kafka", "org.slf4j")),
  EVENTBUS_NATS(
      "dev.sluice.eventbus.nats",
      List.of(EVENTBUS_CORE, EVENTBUS_TRANSPORT, EVENTBUS_DISPATCH, EVENTBUS, LIFECYCLE),
      List.of("io.nats.client", "org.slf4j")),
  EVENTBUS_TOOLS(
      "dev.sluice.eventbus.tools",
      // Buses are found by their options; whose clients they use is no matter of the commands.
      List.of(EVENTBUS, LIFECYCLE),
      List.of("picocli", "com.fasterxml.jackson", "io.netty.handler.ssl")),
  PROTO(
      "dev.sluice.gateway.proto",
      List.of(),
      List.of("io.grpc", "com.google.protobuf", "com.google.common")),
  SPI("dev.sluice.gateway.spi", List.of(LIFECYCLE), List.of()),
  UPSTREAMS("dev.sluice.gateway.upstreams", List.of(SPI, LIFECYCLE), List.of("org.slf4j")),
  GROUPS("dev.sluice.gateway.groups", List.of(UPSTREAMS, SPI, LIFECYCLE), List.of("org.slf4j")),
  DELIVERIES(
      "dev.sluice.gateway.deliveries",
      List.of(GROUPS, UPSTREAMS, SPI, LIFECYCLE),
      List.of("org.slf4j")),
  CORE(
      "dev.sluice.gateway.core",
      List.of(DELIVERIES, GROUPS, UPSTREAMS, SPI, LIFECYCLE),
      List.of("org.slf4j")),
  PEERS(
      "dev.sluice.gateway.peers",
      List.of(UPSTREAMS, SPI, PROTO, LIFECYCLE),
      List.of("io.grpc", "io.netty", "com.google.protobuf", "org.slf4j")),
  ACCESS(
      "dev.sluice.gateway.access",
      List.of(CORE, UPSTREAMS, SPI, LIFECYCLE),
      List.of("io.grpc", "io.netty", "org.snakeyaml", "org.slf4j")),
  FRONTEND_PROXY(
      "dev.sluice.gateway.frontend.proxy",
      List.of(CORE, DELIVERIES, UPSTREAMS, SPI, PROTO, LIFECYCLE),
      List.of("io.grpc", "com.google.protobuf", "org.slf4j")),
  FRONTEND_V2(
      "dev.sluice.gateway.frontend.v2",
      List.of(CORE, DELIVERIES, UPSTREAMS, SPI, PROTO, LIFECYCLE),
      List.of("io.grpc", "com.google.protobuf", "org.slf4j")),
  CLASSIC_GROUPS(
      "dev.sluice.gateway.classic",
      // Of groups only how queues are shared, which every member must work out alike.
      List.of(SPI, GROUP, CLIENT, REMOTING, REQUESTS, WIRE, LIFECYCLE),
      List.of("io.netty.channel", "io.netty.util.concurrent", "org.slf4j")),
  BACKEND_ROCKETMQ(
      "dev.sluice.gateway.backend.rocketmq",
      // The client's API takes and gives the types of the protocol.
      List.of(CLASSIC_GROUPS, SPI, REMOTING, REQUESTS, WIRE, LIFECYCLE),
      List.of("io.netty", "org.jctools", "org.slf4j")),
  BENCH(
      "dev.sluice.gateway.bench",
      // Of remoting only its event loops.
      List.of(PROTO, REMOTING, LIFECYCLE),
      List.of(
          "io.grpc",
          "io.netty.channel",
          "io.netty.util.concurrent",
          "com.google.protobuf",
          "com.fasterxml.jackson",
          "org.HdrHistogram",
          "org.slf4j")),
  SERVER(
      "dev.sluice.gateway.server",
      List.of(
          LIFECYCLE,
          ENGINES,
          WIRE,
          REQUESTS,
          REMOTING,
          PROTO,
          SPI,
          UPSTREAMS,
          GROUPS,
          DELIVERIES,
          CORE,
          ACCESS,
          FRONTEND_PROXY,
          FRONTEND_V2,
          PEERS,
          BENCH,
          BACKEND_ROCKETMQ),
      List.of(""));

  private static final Set<String> EVERYWHERE =
      Set.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.misc.",
          "org.jspecify.",
          "com.google.errorprone.annotations.");

  private final String home;
  private final List<Module> modules;
  private final List<String> libraries;

  Module(String home, List<Module> modules, List<String> libraries) {
    this.home = home;
    this.modules = modules;
    this.libraries = libraries;
  }

  static Optional<Module> of(JavaClass javaClass) {
    return Arrays.stream(values()).filter(module -> module.contains(javaClass)).findFirst();
  }

  Stream<String> packages() {
    return Stream.of(home, generated());
  }

  boolean contains(JavaClass javaClass) {
    String name = javaClass.getPackageName();
    return packages().anyMatch(name::equals) || (this == PROTO && name.startsWith(home + "."));
  }

  boolean mayUse(Module other) {
    return modules.contains(other);
  }

  boolean mayUseLibrary(JavaClass used) {
    JavaClass type = used.getBaseComponentType();
    String name = type.getName();
    return type.isPrimitive()
        || name.startsWith("dev.sluice.")
        || EVERYWHERE.stream().anyMatch(name::startsWith)
        || libraries.stream().anyMatch(name::startsWith);
  }

  /** What protoc makes has a package per service definition. */
  private String generated() {
    return this == PROTO ? home + ".." : home;
  }

  @Override
  public String toString() {
    return home;
  }
}
