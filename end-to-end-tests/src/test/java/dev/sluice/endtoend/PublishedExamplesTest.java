package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples in the published SDK's package, with not a byte of them changed: before a broker
 * that knows nobody but the user whose credentials are written in them, at the name and the port
 * that they expect it at.
 */
class PublishedExamplesTest {

  @RegisterExtension static final Alone PORTS = Alone.onTheDefaultPorts();

  private static final String EXAMPLES = "node_modules/@klsakura/rocketmq-grpc-sdk/examples/";

  /** What the examples have in them. */
  private static final String HOST = "your-rocketmq-instance.rocketmq.volces.com";

  private static final int NAME_SERVER_PORT = 9876;
  private static final int GRPC_PORT = 50051;
  private static final int HTTP_PORT = 8080;
  private static final String USER = "your-access-key-id";
  private static final String SECRET = "your-access-key-secret";

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void theyRunAsTheyAreAndSayThatAllIsWell(Ledger ledger) throws Exception {
    String address = loopbackAddress();
    assumeThat(isOurs(address)).as("%s is an address of this machine", address).isTrue();
    try (RocketMQEngine broker =
            RocketMQEngine.in(folder.resolve("broker"))
                .quickStart()
                .authenticating(USER, SECRET)
                .start();
        FaultyNetwork nameServer =
            FaultyNetwork.start(
                ledger,
                new InetSocketAddress(address, NAME_SERVER_PORT),
                socketAddress(broker.nameServerAddress()));
        RunningGateway gateway = gateway(nameServer)) {
      assertThat(gateway.get("/ready").body()).contains("\"status\":\"ready\"");

      connects(gateway);
      explains(gateway);
      try (Child consumer = example(gateway, "usage-demo.js", "consumer")) {
        consumer.awaitLine(PATIENCE, line -> line.contains("消费者已启动"));
        produces(gateway);
        consumes(consumer);
      }
      performs(gateway);
      gateway.endsCleanly();
    }
  }

  private static void connects(RunningGateway gateway) throws Exception {
    List<String> lines = linesOf(gateway, "connection-check.js");

    assertThat(lines).anyMatch(line -> line.contains("代理服务状态: 正常"));
    assertThat(lines).anyMatch(line -> line.matches(".*消息ID: [0-9A-F]{34}"));
    assertThat(lines).anyMatch(line -> line.contains("所有连接测试通过"));
  }

  private static void explains(RunningGateway gateway) throws Exception {
    assertThat(linesOf(gateway, "usage-demo.js"))
        .anyMatch(line -> line.contains("node usage-demo.js producer"));
  }

  private static void produces(RunningGateway gateway) throws Exception {
    List<String> lines = linesOf(gateway, "usage-demo.js", "producer");

    assertThat(lines).filteredOn(line -> line.matches(".*发送成功: [0-9A-F]{34}")).hasSize(5);
    assertThat(lines).anyMatch(line -> line.contains("所有消息发送完成"));
    assertThat(lines).noneMatch(line -> line.contains("失败"));
  }

  /** What is not delayed arrives, is acknowledged, and Ctrl-C ends it. */
  private static void consumes(Child consumer) throws Exception {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(consumer.output().toString())
                    .contains("收到消息 [order]", "订单入库完成")
                    .contains("收到消息 [order-update]", "订单状态更新完成"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(consumer.output().all())
                    .filteredOn(line -> line.contains("消息处理完成"))
                    .hasSizeGreaterThanOrEqualTo(2));
    consumer.interrupt();
    assertThat(consumer.awaitExit(PATIENCE)).as(consumer.output().toString()).isZero();
    assertThat(consumer.output().toString()).contains("正在优雅关闭").doesNotContain("失败");
  }

  private static void performs(RunningGateway gateway) throws Exception {
    List<String> lines = linesOf(gateway, "performance-check.js");

    assertThat(lines).anyMatch(line -> line.contains("服务状态: 健康"));
    assertThat(lines).anyMatch(line -> line.contains("成功发送: 5000 条消息"));
    assertThat(lines).anyMatch(line -> line.contains("发送失败: 0 条消息"));
    assertThat(lines).anyMatch(line -> line.contains("成功率: 100.00%"));
    // All that the other examples sent is in it.
    assertThat(lines).anyMatch(line -> line.contains("总发送消息: 5006"));
    assertThat(lines).anyMatch(line -> line.contains("错误计数: 0"));
  }

  private static List<String> linesOf(RunningGateway gateway, String... example) throws Exception {
    try (Child child = example(gateway, example)) {
      assertThat(child.awaitExit(PATIENCE)).as(child.output().toString()).isZero();
      return child.output().all();
    }
  }

  private static Child example(RunningGateway gateway, String... example) throws Exception {
    List<String> command = new ArrayList<>(List.of("--require", "./redirect.js"));
    command.add(EXAMPLES + example[0]);
    command.addAll(List.of(example).subList(1, example.length));
    String redirect = GRPC_PORT + "=" + gateway.grpc() + "," + HTTP_PORT + "=" + gateway.http();
    return Child.node(Map.of("REDIRECT", redirect), command);
  }

  /** A gateway that finds the name server at the name that the examples give it. */
  private RunningGateway gateway(FaultyNetwork nameServer) throws IOException {
    Path hosts = folder.resolve("hosts");
    Files.writeString(
        hosts,
        "%s %s%n127.0.0.1 localhost%n"
            .formatted(nameServer.address().getAddress().getHostAddress(), HOST));
    return RunningGateway.start(
        Map.of(
            "DATA_DIR",
            folder.resolve("gateway").toString(),
            "UPSTREAM",
            HOST + ":" + NAME_SERVER_PORT,
            "SLUICE_JAVA_OPTS",
            "-Djdk.net.hosts.file=" + hosts));
  }

  /** One of many, as the port is given and others may run this too. */
  private static String loopbackAddress() {
    var random = ThreadLocalRandom.current();
    return "127.%d.%d.%d"
        .formatted(random.nextInt(1, 255), random.nextInt(256), random.nextInt(1, 255));
  }

  private static boolean isOurs(String address) {
    try (var probe = new ServerSocket(0, 1, InetAddress.getByName(address))) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static InetSocketAddress socketAddress(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    return new InetSocketAddress(
        hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
  }
}
