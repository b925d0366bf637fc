package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.Stand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Says what a subscription would be told if it were proposed now, as far as everybody has decided;
 * nothing is proposed. Safe for use by any thread.
 */
final class Forecast {

  /** For how long an answer is good that was no objection; many callers ask at once. */
  private static final Duration GOOD = Duration.ofSeconds(2);

  private static final int MOST = 1_000;

  private final Instance instance;
  private final Stands stands;
  private final Inquirer inquirer;
  // Emptied when full: asking again is harmless.
  private final ConcurrentMap<Question, Long> unopposed = new ConcurrentHashMap<>();

  private record Question(GroupTopic key, Demand demand) {}

  Forecast(Instance instance, Stands stands, Inquirer inquirer) {
    this.instance = instance;
    this.stands = stands;
    this.inquirer = inquirer;
  }

  void of(
      SharedUpstream shared,
      GroupTopic key,
      Party asker,
      Demand demand,
      Completion<Void> completion) {
    var question = new Question(key, demand);
    Long until = unopposed.get(question);
    if (until != null && until - instance.clock().nanoTime() > 0) {
      Completion.succeed(completion);
      return;
    }
    new Inquiry(inquirer, shared, key)
        .ofEverybody(
            new Stand(asker, null, demand, false),
            new Completion<>() {
              @Override
              public void done(Findings findings) {
                judge(question, asker, findings, completion);
              }

              @Override
              public void failed(GatewayException failure) {
                Completion.succeed(completion);
              }
            });
  }

  private void judge(
      Question question, Party asker, Findings findings, Completion<Void> completion) {
    Demand demand = question.demand;
    Demand others = findings.asked;
    if (others != null && !others.equals(demand)) {
      completion.failed(Discord.refusal(question.key, demand, others));
      return;
    }
    List<Stand> all = new ArrayList<>(stands.others(question.key, asker));
    findings.stands.values().forEach(all::addAll);
    for (Stand stand : all) {
      if (Verdict.onDecided(demand, stand) instanceof Verdict.Conflicts(Demand with)) {
        completion.failed(Discord.refusal(question.key, demand, with));
        return;
      }
    }
    if (unopposed.size() >= MOST) {
      unopposed.clear();
    }
    unopposed.put(question, instance.clock().nanoTime() + GOOD.toNanos());
    Completion.succeed(completion);
  }
}
