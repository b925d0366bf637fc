package dev.sluice.engines;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Asks RocketMQ servers whether they answer, with single requests on connections of their own. The
 * real client is built on top of engines' tests, so it cannot be used here.
 */
final class RemotingProbe {
  private static final int GET_BROKER_RUNTIME_INFO = 28;
  private static final int GET_BROKER_CLUSTER_INFO = 106;
  private static final int NO_PERMISSION = 16;
  private static final int LONGEST_ANSWER = 16 << 20;
  private static final String NO_FIELDS = "{}";
  private static final byte[] NO_BODY = {};

  private final Duration timeout;
  private final Optional<BrokerCredentials> credentials;
  private final Optional<SSLContext> tls;

  /**
   * Asks as somebody.
   *
   * @param credentials of a broker that asks its callers who they are; empty for any other, and
   *     where they are not known
   */
  RemotingProbe(Duration timeout, Optional<BrokerCredentials> credentials) {
    this(timeout, credentials, Optional.empty());
  }

  /** The same of servers that talk TLS, where given. */
  RemotingProbe(
      Duration timeout, Optional<BrokerCredentials> credentials, Optional<SSLContext> tls) {
    this.timeout = timeout;
    this.credentials = credentials;
    this.tls = tls;
  }

  /** Whether the name server lists the broker, wherever it is said to be, and it answers. */
  boolean isReady(int nameServerPort, int brokerPort) {
    try {
      String cluster = ask(nameServerPort, GET_BROKER_CLUSTER_INFO, NO_FIELDS, NO_BODY).body();
      return cluster.contains(":" + brokerPort + "\"") && serves(brokerPort);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * A broker that asks its callers who they are knows us some time after it begins to refuse
   * others. Where we cannot tell it who we are, a refusal is all that it can show.
   */
  private boolean serves(int brokerPort) throws IOException {
    try {
      String fields = credentials.map(BrokerCredentials::fields).orElse(NO_FIELDS);
      return ask(brokerPort, GET_BROKER_RUNTIME_INFO, fields, NO_BODY).body().startsWith("{");
    } catch (RefusedException e) {
      return credentials.isEmpty()
          && (e.header.contains("\"code\":" + NO_PERMISSION + ",")
              // What 4.x says.
              || e.header.contains("AclException"));
    }
  }

  /**
   * An answer with code 0.
   *
   * @param header its header, JSON
   * @param body its body as text
   */
  record Answer(String header, String body) {}

  /**
   * Sends one request and awaits its answer.
   *
   * @param fields the request's own fields, a JSON object
   * @throws IOException also when the server refuses
   */
  Answer ask(int port, int code, String fields, byte[] body) throws IOException {
    int millis = Math.toIntExact(timeout.toMillis());
    try (Socket plain = new Socket();
        Socket socket = connect(plain, port, millis)) {
      byte[] header =
          """
          {"code":%d,"extFields":%s,"flag":0,"language":"JAVA","opaque":1,\
          "serializeTypeCurrentRPC":"JSON","version":0}\
          """
              .formatted(code, fields)
              .getBytes(StandardCharsets.UTF_8);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(4 + header.length + body.length);
      out.writeInt(header.length);
      out.write(header);
      out.write(body);
      out.flush();
      return answer(new DataInputStream(socket.getInputStream()));
    }
  }

  /** The socket to talk on: the one given, or one around it. */
  private Socket connect(Socket plain, int port, int millis) throws IOException {
    plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
    plain.setSoTimeout(millis);
    return tls.isEmpty()
        ? plain
        : tls.get().getSocketFactory().createSocket(plain, HostFiles.LOOPBACK, port, true);
  }

  private static Answer answer(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 4 || length > LONGEST_ANSWER) {
      throw new IOException("frame length: " + length + " (expected: 4 to " + LONGEST_ANSWER + ")");
    }
    int headerLength = in.readInt() & 0xFFFFFF;
    if (headerLength > length - 4) {
      throw new IOException("header length: " + headerLength + " in a frame of " + length);
    }
    String header = new String(in.readNBytes(headerLength), StandardCharsets.UTF_8);
    if (!header.contains("\"code\":0,")) {
      throw new RefusedException(header);
    }
    byte[] body = in.readNBytes(length - 4 - headerLength);
    return new Answer(header, new String(body, StandardCharsets.UTF_8));
  }

  /** The server answered, but not what it was asked for. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String header;

    RefusedException(String header) {
      super("refused: " + header);
      this.header = header;
    }
  }
}
