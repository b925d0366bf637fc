package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.Message;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.AckMessageRequest;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every call: who calls is known, and what is not served says so. */
class CallsTest {

  private FrontendServer server;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aCallerThatDoesNotSayWhoItIsIsRefused() throws Exception {
    refusesAll(V2Client.withoutId(server));
  }

  @Test
  void aClientIdHasOneTo255Characters() throws Exception {
    refusesAll(V2Client.of(server, "c".repeat(256)));
    refusesAll(V2Client.of(server, ""));
    assertThat(
            V2Client.of(server, "c".repeat(255))
                .stub()
                .heartbeat(HeartbeatRequest.getDefaultInstance())
                .getStatus()
                .getCode())
        .isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
  }

  private static void refusesAll(V2Client caller) throws Exception {
    var stub = caller.stub();
    assertThat(
            List.of(
                stub.queryRoute(QueryRouteRequest.getDefaultInstance()).getStatus().getCode(),
                stub.heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode(),
                stub.sendMessage(SendMessageRequest.getDefaultInstance()).getStatus().getCode(),
                stub.receiveMessage(receive().build()).next().getStatus().getCode(),
                stub.ackMessage(AckMessageRequest.getDefaultInstance()).getStatus().getCode(),
                stub.notifyClientTermination(NotifyClientTerminationRequest.getDefaultInstance())
                    .getStatus()
                    .getCode()))
        .containsOnly(Code.CLIENT_ID_REQUIRED);
    Telemetry telemetry = Telemetry.open(caller);
    assertThat(telemetry.next().getStatus().getCode()).isEqualTo(Code.CLIENT_ID_REQUIRED);
    assertThat(telemetry.end()).isEqualTo(Status.OK);
  }

  @Test
  void everyCallOfTheProtocolIsServed() {
    V2Client client = V2Client.of(server, "client");
    for (MethodDescriptor<?, ?> method : MessagingServiceGrpc.getServiceDescriptor().getMethods()) {
      if (method.getType() != MethodType.BIDI_STREAMING) {
        assertThatCode(() -> callWithNothing(client, method))
            .as(method.getBareMethodName())
            .doesNotThrowAnyException();
      }
    }
  }

  private static <Q, A> void callWithNothing(V2Client client, MethodDescriptor<Q, A> method) {
    assertThat(method.getSchemaDescriptor()).isInstanceOf(ProtoMethodDescriptorSupplier.class);
    Q nothing = method.parseRequest(new ByteArrayInputStream(new byte[0]));
    assertThat(nothing).isInstanceOf(Message.class);
    ClientCalls.blockingServerStreamingCall(
            client.channel(),
            method,
            CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
            nothing)
        .next();
  }
}
