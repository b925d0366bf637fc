package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.PrintThreadStackTraceCommand;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.proto.v2.TelemetryCommand.CommandCase;
import dev.sluice.gateway.proto.v2.VerifyMessageCommand;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.upstreams.Names;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes on to clients, on their telemetry streams, what administrators ask the member that their
 * group is shown as: all of them what their threads do, and one push consumer in turn to consume a
 * message. Those whose streams take nothing more are passed over. Safe for use by any thread.
 */
final class ClientInquiries implements MemberInquiries {

  private final GroupClients clients;
  private final Questions questions;
  private final AtomicInteger turn = new AtomicInteger();

  ClientInquiries(GroupClients clients, Questions questions) {
    this.clients = clients;
    this.questions = questions;
  }

  @Override
  public Asked threads(String group, Runnable all) {
    var traces = new ThreadTraces(questions, clients.of(group), all);
    traces.ask(
        nonce ->
            TelemetryCommand.newBuilder()
                .setStatus(Statuses.OK)
                .setPrintThreadStackTraceCommand(
                    PrintThreadStackTraceCommand.newBuilder().setNonce(nonce))
                .build());
    return traces;
  }

  @Override
  public void unsubscribed(String group, String subscriber, String liteTopic) {
    for (GroupClients.Told told : clients.of(group)) {
      if (told.stream().client().whole().equals(subscriber)) {
        told.stream().ask(LiteTopics.unsubscribed(liteTopic));
      }
    }
  }

  @Override
  public Cancellable consume(String group, Delivery message, Completion<Consumption> completion) {
    List<GroupClients.Told> able =
        clients.of(group).stream()
            .filter(
                told ->
                    told.push()
                        && told.topics().containsKey(message.topic())
                        && told.stream().isReady())
            .toList();
    if (able.isEmpty()) {
      completion.failed(
          GatewayException.notFound(
              Subject.GROUP,
              "group: "
                  + Names.shown(group)
                  + " has no push consumer of "
                  + Names.shown(message.topic())
                  + " here (expected: one, as no other client can be asked to consume)"));
      return Cancellable.NONE;
    }
    GroupClients.Told asked = able.get(Math.floorMod(turn.getAndIncrement(), able.size()));
    Clients.Key client = asked.stream().client();
    String nonce =
        questions.open(
            client,
            CommandCase.VERIFY_MESSAGE_RESULT,
            answer -> completion.done(consumption(client, answer)));
    if (nonce == null) {
      completion.failed(
          GatewayException.overloaded(
              "clients: more questions open than " + Questions.MOST + " (the most at once)"));
      return Cancellable.NONE;
    }
    Resource topic = asked.topics().getOrDefault(message.topic(), Resource.getDefaultInstance());
    asked.stream()
        .ask(
            TelemetryCommand.newBuilder()
                .setStatus(Statuses.OK)
                .setVerifyMessageCommand(
                    VerifyMessageCommand.newBuilder()
                        .setNonce(nonce)
                        .setMessage(Outbound.pulled(topic, message)))
                .build());
    return () -> questions.withdraw(nonce);
  }

  private static Consumption consumption(Clients.Key client, TelemetryCommand answer) {
    Code code = answer.getStatus().getCode();
    Consumption.Result result =
        switch (code) {
          case OK -> Consumption.Result.CONSUMED;
          case FAILED_TO_CONSUME_MESSAGE -> Consumption.Result.FAILED;
          case MESSAGE_CORRUPTED -> Consumption.Result.UNREADABLE;
          default -> Consumption.Result.REFUSED;
        };
    return new Consumption(
        result, "client " + Names.shown(client.id()) + " of the gateway answers " + code);
  }
}
