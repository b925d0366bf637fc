package dev.sluice.gateway.peers;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.sluice.gateway.proto.peers.Answer;
import dev.sluice.gateway.proto.peers.Request;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.gateway.upstreams.Sealer.Purpose;
import java.util.Optional;

/** Seals requests and answers, and opens them. Safe for use by any thread. */
record Envelopes(Sealer sealer) {

  /** The largest sealed request, in bytes; 256 resolutions are about 10,000. */
  static final int MAX_REQUEST = 64 * 1024;

  /** The largest sealed answer, in bytes; the message system's handles are in it. */
  static final int MAX_ANSWER = 512 * 1024;

  ByteString seal(Request request) {
    return seal(Purpose.PEER_REQUEST, request);
  }

  ByteString seal(Answer answer) {
    return seal(Purpose.PEER_ANSWER, answer);
  }

  private ByteString seal(Purpose purpose, MessageLite message) {
    return ByteString.copyFrom(sealer.sealBytes(purpose, message.toByteArray()));
  }

  /** The request; empty where nobody with our cluster key has made it for this purpose. */
  Optional<Request> request(ByteString sealed) {
    return open(Purpose.PEER_REQUEST, sealed, MAX_REQUEST, Request.parser());
  }

  /** The answer; empty likewise. */
  Optional<Answer> answer(ByteString sealed) {
    return open(Purpose.PEER_ANSWER, sealed, MAX_ANSWER, Answer.parser());
  }

  private <M> Optional<M> open(Purpose purpose, ByteString sealed, int most, Parser<M> parser) {
    if (sealed.size() > most) {
      return Optional.empty();
    }
    return sealer.openBytes(purpose, sealed.toByteArray()).flatMap(bytes -> parse(parser, bytes));
  }

  private static <M> Optional<M> parse(Parser<M> parser, byte[] bytes) {
    try {
      return Optional.of(parser.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}
