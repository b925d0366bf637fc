package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.Stand;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** The agreements of one instance's parties, and what others ask about them. For any thread. */
public final class Agreements {

  /** Whoever is refused may come again at once, and not every time is news. */
  private static final Duration BETWEEN_REFUSALS = Duration.ofSeconds(1);

  private final Instance instance;
  private final Inquirer inquirer;
  private final Stands stands = new Stands();
  private final AtomicLong parties = new AtomicLong();
  private final Seldom refusals;
  private final Forecast forecast;
  // An agreement removes itself when it is closed, and its group with it.
  private final ConcurrentMap<String, Set<Agreement>> byGroup = new ConcurrentHashMap<>();

  /** Those of an instance, without any party. */
  public Agreements(Instance instance) {
    this(instance, new PeerInquirer(instance.peers()));
  }

  Agreements(Instance instance, Inquirer inquirer) {
    this.instance = instance;
    this.inquirer = inquirer;
    this.refusals = new Seldom(instance.clock(), BETWEEN_REFUSALS);
    this.forecast = new Forecast(instance, stands, inquirer);
  }

  /**
   * A new party, which asks for nothing yet; to be closed by whoever opens it.
   *
   * @param shared through which it will ask; kept open by whoever opens the agreement
   * @param loop where it lives
   */
  public Agreement open(
      SharedUpstream shared, String topic, String group, Loop loop, Agreement.Listener listener) {
    var agreement =
        new Agreement(
            instance,
            stands,
            inquirer,
            shared,
            GroupTopic.of(shared, topic, group),
            new Party(inquirer.self().instance(), parties.incrementAndGet()),
            loop,
            refusals,
            listener,
            this::closed);
    byGroup.compute(
        group,
        (same, known) -> {
          Set<Agreement> all = known == null ? ConcurrentHashMap.newKeySet() : known;
          all.add(agreement);
          return all;
        });
    return agreement;
  }

  private void closed(Agreement agreement) {
    byGroup.computeIfPresent(
        agreement.key().group(),
        (same, known) -> {
          known.remove(agreement);
          return known.isEmpty() ? null : known;
        });
  }

  /**
   * Says whether a subscription would be refused now that is to join what is asked for through the
   * upstream: fails as {@link Agreement#propose} would, and is done where nobody is known to
   * object.
   */
  public void foresee(
      SharedUpstream shared,
      String topic,
      String group,
      Demand demand,
      Completion<Void> completion) {
    GroupTopic key = GroupTopic.of(shared, topic, group);
    Agreement own = null;
    for (Agreement each : byGroup.getOrDefault(group, Set.of())) {
      if (each.key().equals(key) && each.isThrough(shared)) {
        own = each;
      }
    }
    Demand asked = own == null ? null : stands.askedBy(key, own.party());
    Demand together = asked == null ? demand : TagSet.together(asked, demand);
    if (!instance.settings().groups().refusesConflicts() || together.equals(asked)) {
      Completion.succeed(completion);
      return;
    }
    Party asker = own == null ? new Party(inquirer.self().instance(), 0) : own.party();
    forecast.of(shared, key, asker, together, completion);
  }

  /** The message system tells that the group's members have changed. */
  public void membersChanged(SharedUpstream shared, String group) {
    for (Agreement agreement : byGroup.getOrDefault(group, Set.of())) {
      if (agreement.key().endpoint() == shared.endpointHash()) {
        OnLoop.run(agreement.loop(), agreement::membersChanged);
      }
    }
  }

  /** Another instance's party tells where it stands, and is told where this one's do. */
  public List<Stand> hear(PeerQuestion.CompareStands question) {
    var key = new GroupTopic(question.endpoint(), question.topic(), question.group());
    return stands.hear(key, question.asker(), question.from());
  }

  /** Whether no party is left. */
  public boolean isEmpty() {
    return byGroup.isEmpty() && stands.isEmpty();
  }
}
