package dev.sluice.endtoend;

import dev.sluice.engines.RocketMQEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * A gateway with a file of users, before a broker with access control whose only user is at first
 * its operator, as whom the gateway itself is there.
 */
final class GuardedGateway implements AutoCloseable {

  private static final String PROVIDERS = "org.apache.rocketmq.auth.authorization.provider.";
  private static final String OPERATOR = "operator";
  private static final String SECRET = "the-operators-secret";

  private final RocketMQEngine engine;
  private final Operator operator;
  private final Path users;
  private final RunningGateway gateway;

  private GuardedGateway(Path folder) throws IOException {
    engine =
        RocketMQEngine.in(folder.resolve("engine"))
            .quickStart()
            .authenticating(OPERATOR, SECRET)
            .brokerSetting("authorizationEnabled", "true")
            .brokerSetting("authorizationProvider", PROVIDERS + "DefaultAuthorizationProvider")
            .brokerSetting(
                "authorizationMetadataProvider", PROVIDERS + "LocalAuthorizationMetadataProvider")
            .brokerSetting("transactionCheckInterval", "2000")
            .brokerSetting("transactionTimeOut", "2000")
            .start();
    operator = Operator.of(engine.nameServerAddress(), OPERATOR, SECRET);
    users =
        Files.createFile(
            folder.resolve("users.yaml"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    users("- {access-key: nobody, secret-key: nobodys-secret, type: SUPER}");
    gateway =
        RunningGateway.before(
            engine.nameServerAddress(),
            folder.resolve("data"),
            Map.of(
                "USERS_FILE",
                users.toString(),
                "RELOAD_INTERVAL",
                "50ms",
                "UPSTREAM_ACCESS_KEY",
                OPERATOR,
                "UPSTREAM_SECRET_KEY",
                SECRET));
  }

  static GuardedGateway start(Path folder) throws IOException {
    return new GuardedGateway(folder);
  }

  /** Writes the file of users, which is in use soon after. */
  void users(String content) throws IOException {
    Files.writeString(users, content);
  }

  /** The broker's. */
  Operator operator() {
    return operator;
  }

  /** The SDK before it, without credentials. */
  OfficialSdk sdk() {
    return new OfficialSdk(gateway.grpc());
  }

  RunningGateway gateway() {
    return gateway;
  }

  void endsCleanly() throws InterruptedException {
    gateway.endsCleanly();
  }

  @Override
  public void close() {
    gateway.close();
    operator.close();
    engine.close();
  }
}
