package dev.sluice.proofs;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a RocketMQ cluster's administrator sees of its clients: asked over a connection for each
 * question, in RocketMQ's own protocol.
 */
final class BrokerViews {

  private static final int GET_ROUTE = 105;
  private static final int GET_CONSUMER_CONNECTIONS = 203;
  private static final int GET_ALL_PRODUCERS = 328;
  private static final int SUCCESS = 0;
  private static final int CONSUMER_NOT_ONLINE = 206;
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final int HEADER_LENGTH_MASK = 0xFFFFFF;

  private static final Pattern BROKER = Pattern.compile("\\{\"?0\"?:\"([^\"]+)\"");
  private static final Pattern CLIENT = Pattern.compile("\"clientId\"");
  private static final Pattern CODE = Pattern.compile("\"code\":(\\d+)");

  private final String broker;

  private BrokerViews(String broker) {
    this.broker = broker;
  }

  private record Answer(int code, String header, String body) {}

  /** Of the broker that serves the topic. */
  static BrokerViews of(String nameServer, String topic) throws IOException {
    Answer route = ask(nameServer, GET_ROUTE, "\"topic\":\"" + topic + "\"");
    Matcher address = BROKER.matcher(route.body());
    if (!address.find()) {
      throw new IOException("no broker serves " + topic + ": " + route.header() + route.body());
    }
    return new BrokerViews(address.group(1));
  }

  /** How many members the groups have, in all. */
  int consumers(Collection<String> groups) throws IOException {
    int members = 0;
    for (String group : groups) {
      Answer answer = ask(broker, GET_CONSUMER_CONNECTIONS, "\"consumerGroup\":\"" + group + "\"");
      if (answer.code() == SUCCESS) {
        members += (int) CLIENT.matcher(answer.body()).results().count();
      } else if (answer.code() != CONSUMER_NOT_ONLINE) {
        throw new IOException("members of " + group + ": " + answer.header());
      }
    }
    return members;
  }

  /** How many producers the broker knows, of whatever group. */
  int producers() throws IOException {
    Answer answer = ask(broker, GET_ALL_PRODUCERS, "");
    if (answer.code() != SUCCESS) {
      throw new IOException("producers: " + answer.header());
    }
    return (int) CLIENT.matcher(answer.body()).results().count();
  }

  private static Answer ask(String address, int code, String fields) throws IOException {
    byte[] header =
        """
        {"code":%d,"language":"JAVA","version":493,"opaque":1,"flag":0,"extFields":{%s}}\
        """
            .formatted(code, fields)
            .getBytes(StandardCharsets.UTF_8);
    int colon = address.lastIndexOf(':');
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      var out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(Integer.BYTES + header.length);
      out.writeInt(header.length);
      out.write(header);
      out.flush();
      var in = new DataInputStream(socket.getInputStream());
      var frame = new byte[in.readInt()];
      in.readFully(frame);
      return answer(frame);
    }
  }

  private static Answer answer(byte[] frame) throws IOException {
    int length =
        ((frame[0] & 0xFF) << 24
                | (frame[1] & 0xFF) << 16
                | (frame[2] & 0xFF) << 8
                | (frame[3] & 0xFF))
            & HEADER_LENGTH_MASK;
    String header = new String(frame, Integer.BYTES, length, StandardCharsets.UTF_8);
    int bodyAt = Integer.BYTES + length;
    String body = new String(frame, bodyAt, frame.length - bodyAt, StandardCharsets.UTF_8);
    Matcher code = CODE.matcher(header);
    if (!code.find()) {
      throw new IOException("an answer without a code: " + header);
    }
    return new Answer(Integer.parseInt(code.group(1)), header, body);
  }
}
