package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Adds the credentials to outgoing requests as RocketMQ's access control wants them: the access key
 * among the header fields, and a signature over the values of all fields in the order of their
 * names and then the body. Belongs to one event loop.
 */
final class RequestSigner {
  private static final String ALGORITHM = "HmacSHA1";
  private static final byte[] NO_BODY = {};

  private final Credentials credentials;
  private final Mac mac;

  RequestSigner(Credentials credentials) {
    this.credentials = credentials;
    try {
      this.mac = Mac.getInstance(ALGORITHM);
      this.mac.init(
          new SecretKeySpec(credentials.secretKey().getBytes(StandardCharsets.UTF_8), ALGORITHM));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("signing: " + ALGORITHM + " is not usable", e);
    }
  }

  <R> Request<R> sign(Request<R> request) {
    Fields fields = fieldsOf(request);
    byte[] body = bodyOf(request);
    return new SignedRequest<>(request, fields, body, signatureOf(fields, body));
  }

  /**
   * Without those that are empty: brokers read them from a binary header as absent, and sign the
   * word {@code null} for them.
   */
  private Fields fieldsOf(Request<?> request) {
    Fields.Builder all = Fields.builder();
    request.writeFields(all);
    all.field("AccessKey", credentials.accessKey());
    all.field("SecurityToken", credentials.securityToken());
    Fields written = all.build();
    Fields.Builder signed = Fields.builder();
    for (int i = 0; i < written.size(); i++) {
      if (!written.value(i).isEmpty()) {
        signed.field(written.name(i), written.value(i));
      }
    }
    return signed.build();
  }

  String signatureOf(Fields fields, byte[] body) {
    Map<String, String> sorted = new TreeMap<>();
    for (int i = 0; i < fields.size(); i++) {
      sorted.put(fields.name(i), fields.value(i));
    }
    for (String value : sorted.values()) {
      mac.update(value.getBytes(StandardCharsets.UTF_8));
    }
    mac.update(body);
    return Base64.getEncoder().encodeToString(mac.doFinal());
  }

  /** Into a buffer that may grow, since texts reserve what they could take at most. */
  private static byte[] bodyOf(Request<?> request) {
    int length = request.bodyLength();
    if (length == 0) {
      return NO_BODY;
    }
    ByteBuf out = Unpooled.buffer(length);
    try {
      request.writeBody(out);
      return ByteBufUtil.getBytes(out);
    } finally {
      out.release();
    }
  }

  private static final class SignedRequest<R> implements Request<R> {
    private final Request<R> original;
    private final Fields fields;
    private final byte[] body;
    private final String signature;

    SignedRequest(Request<R> original, Fields fields, byte[] body, String signature) {
      this.original = original;
      this.fields = fields;
      this.body = body;
      this.signature = signature;
    }

    @Override
    public int code() {
      return original.code();
    }

    @Override
    public void writeFields(FieldWriter out) {
      for (int i = 0; i < fields.size(); i++) {
        out.field(fields.name(i), fields.value(i));
      }
      out.field("Signature", signature);
    }

    @Override
    public int bodyLength() {
      return body.length;
    }

    @Override
    public void writeBody(ByteBuf out) {
      out.writeBytes(body);
    }

    @Override
    public R read(RemotingCommand response) {
      return original.read(response);
    }
  }
}
