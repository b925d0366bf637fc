package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.proto.v2.TelemetryCommand.CommandCase;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.MemberInquiries.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * What several clients answer when they are asked what their threads do, as far as it has come.
 * Bounded: so many clients, so many characters of each. Safe for use by any thread.
 */
final class ThreadTraces implements MemberInquiries.Asked {

  /** The most clients that are asked. */
  static final int MOST_CLIENTS = 32;

  /** The most characters that are kept of one answer. */
  static final int MOST_CHARACTERS = 128 << 10;

  private final Questions questions;
  private final List<GroupClients.Told> clients;
  private final Runnable all;
  private final Map<GroupClients.Told, String> nonces = new ConcurrentHashMap<>();
  private final Map<GroupClients.Told, String> answers = new ConcurrentHashMap<>();
  private final AtomicInteger awaited = new AtomicInteger(1);

  /**
   * Asks nobody yet.
   *
   * @param all called once when all have answered
   */
  ThreadTraces(Questions questions, List<GroupClients.Told> clients, Runnable all) {
    this.questions = questions;
    this.clients = clients;
    this.all = all;
  }

  void ask(Function<String, TelemetryCommand> question) {
    for (GroupClients.Told client : clients.subList(0, Math.min(clients.size(), MOST_CLIENTS))) {
      awaited.incrementAndGet();
      String nonce =
          client.stream().isReady()
              ? questions.open(
                  client.stream().client(),
                  CommandCase.THREAD_STACK_TRACE,
                  answer -> take(client, answer))
              : null;
      if (nonce == null) {
        answers.put(client, "was not asked: it reads too slowly, or too many questions are open");
        oneLess();
      } else {
        nonces.put(client, nonce);
        client.stream().ask(question.apply(nonce));
      }
    }
    oneLess();
  }

  private void take(GroupClients.Told client, TelemetryCommand answer) {
    String text = answer.getThreadStackTrace().getThreadStackTrace();
    if (text.isEmpty() || answer.getStatus().getCode().getNumber() > Code.OK_VALUE) {
      text = "answers " + answer.getStatus().getCode() + ": " + answer.getStatus().getMessage();
    }
    answers.put(
        client,
        text.length() <= MOST_CHARACTERS
            ? text
            : text.substring(0, MOST_CHARACTERS)
                + "\n... and "
                + (text.length() - MOST_CHARACTERS)
                + " more characters");
    oneLess();
  }

  private void oneLess() {
    if (awaited.decrementAndGet() == 0) {
      all.run();
    }
  }

  @Override
  public List<Threads> end() {
    nonces.values().forEach(questions::withdraw);
    var said = new ArrayList<Threads>();
    for (GroupClients.Told client : clients) {
      String unasked = "was not asked: only " + MOST_CLIENTS + " are";
      String none = nonces.containsKey(client) ? "has not answered in time" : unasked;
      said.add(new Threads(client.stream().client().id(), answers.getOrDefault(client, none)));
    }
    return said;
  }
}
