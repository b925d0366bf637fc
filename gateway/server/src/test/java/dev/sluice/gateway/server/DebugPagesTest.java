package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who sees {@code /debug}, and what. */
class DebugPagesTest extends WithGateways {
  private static final String TOKEN = "a-token-of-some-length";

  @Test
  void theLedgerTellsWhatIsOpenAndWhoseItIs() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());
    Served.producer(gateway.calls());

    // when
    HttpResponse<String> text = gateway.get("/debug/ledger");
    HttpResponse<String> json = gateway.get("/debug/ledger", "Accept", "application/json");

    // then
    assertThat(text.statusCode()).isEqualTo(200);
    assertThat(text.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
    assertThat(text.body()).containsPattern("producer session +1 +0");
    assertThat(json.headers().firstValue("content-type")).contains("application/json");
    assertThat(json.body().replaceAll("\\s", ""))
        .contains("\"faults\":0")
        .contains("\"producersession\":{\"open\":1,\"leaks\":0,\"oldest_ms\":");
    readable(json.body());
  }

  @Test
  void threadsAreShownWithStacksAndVirtualOnesAmongThem() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());

    // when
    HttpResponse<String> text = gateway.get("/debug/threads");
    HttpResponse<String> json = gateway.get("/debug/threads", "Accept", "application/json");

    // then the thread that answers is one of them
    assertThat(text.statusCode()).isEqualTo(200);
    assertThat(text.body())
        .containsPattern("\"sluice-loop-\\d+-\\d+\"")
        .containsPattern("#\\d+ \".*\" virtual ")
        .contains(DebugPages.class.getName());
    assertThat(json.body()).contains("\"virtual\": true").contains(DebugPages.class.getName());
    readable(json.body());
  }

  @Test
  void secretsAreOnNeitherPage() throws Exception {
    // given a gateway that knows several, one of them a caller's
    String key = "0123456789abcdef".repeat(4);
    Served gateway =
        start(new MemorySystem(), Map.of(Setting.DEBUG_TOKEN, TOKEN, Setting.CLUSTER_KEY, key));
    var created =
        gateway
            .calls()
            .createProducer(
                CreateProducerRequest.newBuilder()
                    .setTopic("t")
                    .setAccessKeyId("who")
                    .setAccessKeySecret("a-secret-of-a-caller")
                    .build());
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();

    // then
    for (String page : new String[] {"/debug/ledger", "/debug/threads"}) {
      for (String accepted : new String[] {"*/*", "application/json"}) {
        assertThat(gateway.get(page, "Accept", accepted).body())
            .doesNotContain(TOKEN)
            .doesNotContain(key)
            .doesNotContain("a-secret-of-a-caller")
            .doesNotContain(created.getProducerId());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/debug/ledger", "/debug/threads"})
  @Shows(Setting.DEBUG_TOKEN)
  void otherMachinesNeedTheToken(String page) throws Exception {
    // given an address of this machine that is not the loopback's, if it has one
    Optional<InetAddress> own = ownAddress();
    assumeThat(own).as("an address beside the loopback's").isPresent();
    String host = own.orElseThrow().getHostAddress();
    Served open = start(new MemorySystem(), Map.of(Setting.BIND_ADDRESS, host));
    Served guarded =
        start(new MemorySystem(), Map.of(Setting.BIND_ADDRESS, host, Setting.DEBUG_TOKEN, TOKEN));
    int port = guarded.server().httpPort();

    // then
    HttpResponse<String> refused = Served.get(host, open.server().httpPort(), page);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("DEBUG_TOKEN").contains("Authorization: Bearer");
    assertThat(Served.get(host, port, page).statusCode()).isEqualTo(403);
    assertThat(Served.get(host, port, page, "Authorization", "Bearer " + TOKEN).statusCode())
        .isEqualTo(200);
    HttpResponse<String> wrong =
        Served.get(host, port, page, "Authorization", "Bearer another-token-of-some");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("www-authenticate").orElse("")).startsWith("Bearer");
    assertThat(wrong.body()).contains("DEBUG_TOKEN").doesNotContain(TOKEN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Host: localhost:8080                           | 200
          Host: 127.0.0.1                                | 200
          Host: [::1]:8080                               | 200
          Host: rebound.example.com                      | 403
          Host: localhost.example.com                    | 403
          Host: 127.0.0.1.example.com                    | 403
          Host: localhost\\r\\nX-Forwarded-For: 10.0.0.9 | 403
          Host: localhost\\r\\nForwarded: for=10.0.0.9   | 403
          Host: localhost\\r\\nVia: 1.1 somebody         | 403
          Host: a.b\\r\\nAuthorization: Bearer TOKEN     | 200
          Host: a.b\\r\\nAuthorization: bearer TOKEN     | 200
          Host: a.b\\r\\nAuthorization: Basic TOKEN      | 401
          Host: localhost\\r\\nAuthorization: Bearer no  | 401
          """)
  void theLoopbackIsTrustedOnlyWhereNobodyElseSpeaksThroughIt(String headers, int expected)
      throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of(Setting.DEBUG_TOKEN, TOKEN));

    // when
    String status =
        statusOf(
            gateway.server().httpPort(), headers.replace("\\r\\n", "\r\n").replace("TOKEN", TOKEN));

    // then
    assertThat(status).isEqualTo("HTTP/1.1 " + expected);
  }

  /** By hand: Java's client does not let the host be chosen. */
  private static String statusOf(int port, String headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request = "GET /debug/ledger HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout((int) Served.PATIENCE.toMillis());
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      return new String(status, StandardCharsets.US_ASCII);
    }
  }

  private static Optional<InetAddress> ownAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address.getAddress().length == 4 && !address.isLoopbackAddress())
        .findFirst();
  }

  private static void readable(String json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (parser.nextToken() != null) {
        // To its end.
      }
    }
  }
}
