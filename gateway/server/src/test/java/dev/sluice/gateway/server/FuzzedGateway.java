package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.sluice.gateway.proto.peers.PeersOuterClass;
import dev.sluice.gateway.proto.proxy.Rocketmq;
import dev.sluice.gateway.proto.v2.Service;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.LedgerCheck;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A gateway in front of a message system in memory, called with whatever bytes. Each call must be
 * answered, and not by a status that stands for a handler that threw; each stream that is open when
 * the gateway stops must be ended by it; at the end nothing is open.
 */
final class FuzzedGateway {
  private static final Metadata.Key<String> CLIENT_ID =
      Metadata.Key.of("x-mq-client-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final io.grpc.MethodDescriptor.Marshaller<byte[]> BYTES = new Bytes();
  private static final List<MethodDescriptor> METHODS =
      Stream.of(Rocketmq.getDescriptor(), Service.getDescriptor(), PeersOuterClass.getDescriptor())
          .map(FileDescriptor::getServices)
          .flatMap(List::stream)
          .flatMap(service -> service.getMethods().stream())
          .toList();
  private static final Duration CLOSE_TIME = Duration.ofSeconds(30);
  private static final int ANSWER_SECONDS = 60;
  private static final int OPEN_STREAMS = 8;
  private static final int CALLS_PER_CONNECTION = 500;

  private final Ledger ledger;
  private final GatewayServer server;
  private final RandomRequests requests = new RandomRequests();
  // How many calls were answered, by method; of streams, messages and their end.
  private final Map<MethodDescriptor, AtomicInteger> answers = new ConcurrentHashMap<>();
  // Closed and left when there are more than may be open.
  private final Deque<Call> streams = new ArrayDeque<>();
  private ManagedChannel channel;
  private int calls;

  private FuzzedGateway(Ledger ledger, GatewayServer server) {
    this.ledger = ledger;
    this.server = server;
    this.channel = connect();
  }

  static FuzzedGateway start(Path folder) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.GRPC_PORT, "0");
    flags.put(Setting.METRICS_PORT, "0");
    flags.put(Setting.DATA_DIR, folder.toString());
    flags.put(Setting.PULL_TIMEOUT, "200ms");
    flags.put(Setting.MESSAGE_BUFFER_SIZE, "20");
    Ledger ledger = Ledger.create();
    Settings settings = Settings.read(flags, Optional.empty(), Map.of());
    var server = new GatewayServer(settings, new MemorySystem(), ledger, Clock.system());
    server.start();
    return new FuzzedGateway(ledger, server);
  }

  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.grpcPort()).usePlaintext().build();
  }

  /** The services that are called. */
  static Set<String> calledServices() {
    return METHODS.stream()
        .map(method -> method.getService().getFullName())
        .collect(Collectors.toSet());
  }

  /** How many answers the least answered method got, in calls and streams. */
  int fewestAnswers() {
    return METHODS.stream()
        .mapToInt(method -> answers.getOrDefault(method, new AtomicInteger()).get())
        .min()
        .orElse(0);
  }

  /** The services that the server says it has. */
  Set<String> servedServices() throws Exception {
    var listed = new CompletableFuture<Set<String>>();
    StreamObserver<ServerReflectionRequest> asking =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse answer) {
                    listed.complete(
                        answer.getListServicesResponse().getServiceList().stream()
                            .map(ServiceResponse::getName)
                            .collect(Collectors.toSet()));
                  }

                  @Override
                  public void onError(Throwable failure) {
                    listed.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    Set<String> services = listed.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    asking.onCompleted();
    return services;
  }

  /** How many calls were made. */
  int calls() {
    return calls;
  }

  /**
   * Makes a call of any method with any request, and waits for its answer; streams are left open
   * for a while.
   *
   * @throws AssertionError where the answer stands for a fault of the gateway's
   */
  void call(Choices choices) throws Exception {
    if (++calls % CALLS_PER_CONNECTION == 0) {
      endConnection(choices.chance(50));
      channel = connect();
    }
    MethodDescriptor method = choices.pick(METHODS);
    if (method.getName().startsWith("Cleanup") && choices.chance(80)) {
      // Else hardly an id would live long enough to be used.
      method = choices.pick(METHODS);
    }
    byte[] request = requests.make(method.getInputType(), choices);
    boolean named = choices.chance(90);
    if (!method.isServerStreaming()) {
      var call = new Call(method, named);
      call.send(request);
      call.halfClose();
      call.awaitAnswer();
      return;
    }
    var stream = new Call(method, named);
    stream.send(request);
    if (method.isClientStreaming()) {
      stream.send(requests.make(method.getInputType(), choices));
    } else {
      stream.halfClose();
    }
    streams.add(stream);
    if (streams.size() > OPEN_STREAMS) {
      Call oldest = streams.remove();
      oldest.expectNoFault();
      if (oldest.method.isClientStreaming() && choices.chance(50)) {
        oldest.halfClose();
        oldest.awaitAnswer();
      } else {
        oldest.cancel();
      }
    }
  }

  private void endConnection(boolean abruptly) throws InterruptedException {
    streams.forEach(Call::expectNoFault);
    if (!abruptly) {
      streams.forEach(Call::cancel);
    }
    streams.clear();
    channel.shutdownNow();
    assertThat(channel.awaitTermination(ANSWER_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** One of the figures of {@code /metrics}. */
  double figure(String name) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + "/metrics"));
      String figures = client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
      Matcher figure = Pattern.compile("\"" + name + "\" : ([0-9.]+)").matcher(figures);
      assertThat(figure.find()).as(name).isTrue();
      return Double.parseDouble(figure.group(1));
    }
  }

  /**
   * Ends the connection and then, with streams on another one, the gateway; expects both to leave
   * nothing, and each stream to be ended.
   */
  void stop(Choices choices) throws Exception {
    endConnection(false);
    await()
        .atMost(Duration.ofSeconds(ANSWER_SECONDS))
        .untilAsserted(
            () ->
                assertThat(
                        List.of(
                            ledger.open(ResourceKinds.CONNECTION),
                            ledger.open(ResourceKinds.PRODUCER),
                            ledger.open(ResourceKinds.CONSUMER),
                            ledger.open(ResourceKinds.STREAM),
                            ledger.open(ResourceKinds.PENDING_SEND),
                            ledger.open(ResourceKinds.HELD_DELIVERY)))
                    .as(ledger.toString())
                    .allMatch(open -> open == 0));
    channel = connect();
    while (streams.size() < OPEN_STREAMS) {
      call(choices);
    }
    CloseReport report = server.close(Deadline.after(CLOSE_TIME));
    for (Call stream : streams) {
      stream.awaitAnswer();
    }
    streams.clear();
    channel.shutdownNow();
    assertThat(channel.awaitTermination(ANSWER_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(report.clean()).as(report.describe()).isTrue();
    LedgerCheck.assertClean(ledger);
  }

  /** One call, and how it ends. */
  private final class Call extends ClientCall.Listener<byte[]> {
    private final MethodDescriptor method;
    private final ClientCall<byte[], byte[]> call;
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Call(MethodDescriptor method, boolean named) {
      this.method = method;
      this.call = channel.newCall(raw(method), CallOptions.DEFAULT);
      var headers = new Metadata();
      if (named) {
        headers.put(CLIENT_ID, "fuzz");
      }
      call.start(this, headers);
      call.request(Integer.MAX_VALUE);
    }

    void send(byte[] request) {
      call.sendMessage(request);
    }

    void halfClose() {
      call.halfClose();
    }

    void cancel() {
      call.cancel("enough", null);
    }

    @Override
    public void onMessage(byte[] message) {
      answered();
      requests.learn(method.getOutputType(), message);
    }

    private void answered() {
      answers.computeIfAbsent(method, same -> new AtomicInteger()).incrementAndGet();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (status.getCode() != Status.Code.CANCELLED) {
        answered();
      }
      end.complete(status);
    }

    /** Where it has ended. */
    void expectNoFault() {
      if (end.isDone()) {
        expectNoFault(end.join());
      }
    }

    void awaitAnswer() throws Exception {
      expectNoFault(end.get(ANSWER_SECONDS, TimeUnit.SECONDS));
    }

    private void expectNoFault(Status status) {
      assertThat(isOurs(status)).as("%s: %s", method.getFullName(), status).isFalse();
    }

    /** Whether it stands for something that a handler threw. */
    private boolean isOurs(Status status) {
      String text = String.valueOf(status.getDescription());
      return switch (status.getCode()) {
        case UNKNOWN -> text.equals("null") || text.startsWith("Application error");
        case INTERNAL -> true;
        default -> false;
      };
    }
  }

  private static io.grpc.MethodDescriptor<byte[], byte[]> raw(MethodDescriptor method) {
    MethodType type =
        method.isClientStreaming()
            ? MethodType.BIDI_STREAMING
            : method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY;
    return io.grpc.MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName(
            io.grpc.MethodDescriptor.generateFullMethodName(
                method.getService().getFullName(), method.getName()))
        .setRequestMarshaller(BYTES)
        .setResponseMarshaller(BYTES)
        .build();
  }

  /** Has messages travel as they are. */
  private static final class Bytes implements io.grpc.MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
