package dev.sluice.compatibility;

import com.google.protobuf.Message;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc.MessagingServiceBlockingStub;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client of one side, as an SDK calls it. */
final class Caller implements AutoCloseable {

  private static final int DEADLINE_SECONDS = 30;
  private static final int SILENCE_SECONDS = 5;

  private final Channel channel;
  private @Nullable StreamObserver<TelemetryCommand> telemetry;

  private Caller(Channel channel) {
    this.channel = channel;
  }

  /** With an id of its own, and nothing told. */
  static Caller of(Side side) {
    var headers = new Metadata();
    header(headers, "x-mq-client-id", side.fresh("client"));
    header(headers, "x-mq-language", "JAVA");
    header(headers, "x-mq-client-version", "5.2.0");
    header(headers, "x-mq-protocol", "v2");
    return new Caller(
        ClientInterceptors.intercept(
            side.connection(), MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  /** Without an id. */
  static Caller nameless(Side side) {
    return new Caller(side.connection());
  }

  /** One that has told what it is, and was answered; its stream stays open. */
  static Caller that(Side side, Settings settings) throws InterruptedException {
    Caller caller = of(side);
    String answer = caller.tell(TelemetryCommand.newBuilder().setSettings(settings).build());
    if (!answer.contains("settings")) {
      throw new IllegalStateException("settings were answered with " + answer);
    }
    return caller;
  }

  private static void header(Metadata headers, String name, String value) {
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
  }

  MessagingServiceBlockingStub stub() {
    return stub(DEADLINE_SECONDS * 1_000L);
  }

  MessagingServiceBlockingStub stub(long deadlineMillis) {
    return MessagingServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS);
  }

  /** The shape of a call's answer. */
  String shape(Function<MessagingServiceBlockingStub, ? extends Message> call) {
    try {
      return Shape.of(call.apply(stub()));
    } catch (StatusRuntimeException e) {
      return Shape.of(e.getStatus());
    }
  }

  /** The shape of what a stream of answers brought. */
  static String shapes(Iterator<? extends Message> answers) {
    List<Message> all = new ArrayList<>();
    try {
      answers.forEachRemaining(all::add);
    } catch (StatusRuntimeException e) {
      return all.isEmpty()
          ? Shape.of(e.getStatus())
          : Shape.of(all) + ", " + Shape.of(e.getStatus());
    }
    return Shape.of(all);
  }

  /** Says something on a new telemetry stream, and yields the shape of what comes back first. */
  String tell(TelemetryCommand command) throws InterruptedException {
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    telemetry =
        MessagingServiceGrpc.newStub(channel)
            .telemetry(
                new StreamObserver<>() {
                  @Override
                  public void onNext(TelemetryCommand answer) {
                    answers.add(Shape.of(answer));
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answers.add(Shape.of(Status.fromThrowable(failure)));
                  }

                  @Override
                  public void onCompleted() {
                    answers.add("end");
                  }
                });
    telemetry.onNext(command);
    // Only settings must be answered, which may take its time.
    int seconds = command.hasSettings() ? DEADLINE_SECONDS : SILENCE_SECONDS;
    String answer = answers.poll(seconds, TimeUnit.SECONDS);
    return answer == null ? "silence" : answer;
  }

  @Override
  public void close() {
    if (telemetry != null) {
      telemetry.onCompleted();
    }
  }
}
