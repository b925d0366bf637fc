package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.NatsCredentials;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.TransportOptions;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a bus is made of, by what its user said. */
final class BrokerOptions {
  private static final List<String> TLS = List.of("tls.ca", "tls.cert", "tls.key");
  private static final List<String> NATS =
      List.of(
          "user",
          "password",
          "token",
          "credentials.file",
          "prefix",
          "tls.ca",
          "tls.cert",
          "tls.key");
  private static final List<String> ROCKETMQ =
      List.of(
          "access.key",
          "secret.key",
          "security.token",
          "namespace",
          "tls",
          "tls.ca",
          "tls.cert",
          "tls.key",
          "tls.check.host.name");

  private BrokerOptions() {}

  /**
   * Options of a bus for one topic's dead letters.
   *
   * @param bus without topics, so that it joins no group
   * @param topic that names are checked with
   * @throws CommandException if a setting is wrong
   * @throws dev.sluice.eventbus.EventBusException INVALID_ARGUMENT if a name or a property is
   */
  static TransportOptions of(
      BusAddress address, BusOptions bus, String topic, BusSettings settings) {
    return switch (address.backend()) {
      case KAFKA -> kafka(address, bus, settings);
      case NATS, NATS_TLS -> nats(address, bus, settings);
      case ROCKETMQ -> {
        String nameServers = String.join(";", address.hosts());
        // RocketMQ allows less in names than the others.
        var _ = RocketMQOptions.of(BusOptions.of(bus.group(), topic), nameServers);
        yield rocketmq(RocketMQOptions.of(bus, nameServers), settings);
      }
    };
  }

  private static KafkaOptions kafka(BusAddress address, BusOptions bus, BusSettings settings) {
    if (settings.has("bootstrap.servers")) {
      throw settings.refused("bootstrap.servers", "--bus instead");
    }
    KafkaOptions options = KafkaOptions.of(bus, String.join(",", address.hosts()));
    for (Map.Entry<String, String> each : settings.all().entrySet()) {
      options = options.property(each.getKey(), each.getValue());
    }
    return options;
  }

  private static NatsOptions nats(BusAddress address, BusOptions bus, BusSettings settings) {
    settings.allowOnly(NATS);
    NatsOptions options =
        NatsOptions.of(bus, address.urls().toArray(String[]::new))
            .credentials(credentials(settings));
    if (settings.has("prefix")) {
      options = options.prefix(settings.value("prefix", ""));
    }
    if (!settings.hasAny(TLS)) {
      return options;
    }
    if (address.backend() != BusAddress.Backend.NATS_TLS) {
      String set = TLS.stream().filter(settings::has).findFirst().orElseThrow();
      throw settings.refused(set, "with --bus tls://host:port only");
    }
    return options.tls(tls(settings));
  }

  private static NatsCredentials credentials(BusSettings settings) {
    List<NatsCredentials> said = new ArrayList<>();
    Path file = settings.file("credentials.file");
    if (file != null) {
      said.add(NatsCredentials.file(file));
    }
    if (settings.has("token")) {
      said.add(NatsCredentials.token(settings.value("token", "")));
    }
    if (settings.has("user") != settings.has("password")) {
      throw settings.refused(
          settings.has("user") ? "user" : "password", "user and password together");
    }
    if (settings.has("user")) {
      said.add(NatsCredentials.user(settings.value("user", ""), settings.value("password", "")));
    }
    if (said.size() > 1) {
      throw settings.refused(
          settings.has("token") ? "token" : "user",
          "only one of user and password, token, credentials.file");
    }
    return said.isEmpty() ? NatsCredentials.none() : said.getFirst();
  }

  private static SSLContext tls(BusSettings settings) {
    checkPair(settings);
    try {
      SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
      builder.trustManager(file(settings, "tls.ca"));
      if (settings.has("tls.cert")) {
        builder.keyManager(file(settings, "tls.cert"), file(settings, "tls.key"));
      }
      return ((JdkSslContext) builder.build()).context();
    } catch (SSLException | IllegalArgumentException e) {
      throw new CommandException(
          ExitCodes.USAGE,
          "tls.ca, tls.cert, tls.key: " + e.getMessage() + " (expected: files in PEM)");
    }
  }

  private static @Nullable File file(BusSettings settings, String name) {
    Path file = settings.file(name);
    return file == null ? null : file.toFile();
  }

  private static void checkPair(BusSettings settings) {
    if (settings.has("tls.cert") != settings.has("tls.key")) {
      throw settings.refused(
          settings.has("tls.cert") ? "tls.cert" : "tls.key", "tls.cert and tls.key together");
    }
  }

  private static RocketMQOptions rocketmq(RocketMQOptions base, BusSettings settings) {
    settings.allowOnly(ROCKETMQ);
    if (settings.has("access.key") != settings.has("secret.key")) {
      throw settings.refused(
          settings.has("access.key") ? "access.key" : "secret.key",
          "access.key and secret.key together");
    }
    RocketMQOptions.Credentials credentials =
        settings.has("access.key")
            ? new RocketMQOptions.Credentials(
                Objects.requireNonNull(settings.value("access.key")),
                Objects.requireNonNull(settings.value("secret.key")),
                settings.value("security.token"))
            : null;
    return new RocketMQOptions(
        base.bus(),
        base.nameServers(),
        credentials,
        rocketmqTls(settings),
        settings.value("namespace", ""),
        base.pollWait(),
        base.commitInterval(),
        base.sendTimeout(),
        base.newTopicQueues());
  }

  private static RocketMQOptions.@Nullable Tls rocketmqTls(BusSettings settings) {
    boolean checkHostName = settings.flag("tls.check.host.name", true);
    if (!settings.flag("tls", settings.hasAny(TLS))) {
      return null;
    }
    checkPair(settings);
    return new RocketMQOptions.Tls(
        settings.file("tls.ca"),
        settings.file("tls.cert"),
        settings.file("tls.key"),
        checkHostName);
  }
}
