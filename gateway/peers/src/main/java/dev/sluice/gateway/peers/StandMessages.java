package dev.sluice.gateway.peers;

import dev.sluice.gateway.proto.peers.CompareStands;
import dev.sluice.gateway.proto.peers.GroupDemand;
import dev.sluice.gateway.proto.peers.PartyStand;
import dev.sluice.gateway.proto.peers.StandsCompared;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.gateway.upstreams.Stand;
import java.util.Optional;

/** Where the parties of a group stand, as the protocol has it. */
final class StandMessages {

  private StandMessages() {}

  static CompareStands of(PeerQuestion.CompareStands question) {
    return CompareStands.newBuilder()
        .setEndpoint(question.endpoint())
        .setTopic(question.topic())
        .setGroup(question.group())
        .setMine(of(question.asker()))
        .setAddress(question.from().address())
        .build();
  }

  static PeerQuestion.CompareStands of(CompareStands message) {
    Stand mine = of(message.getMine());
    return new PeerQuestion.CompareStands(
        message.getEndpoint(),
        message.getTopic(),
        message.getGroup(),
        mine,
        new Peer(mine.party().instance(), message.getAddress()));
  }

  static StandsCompared of(PeerAnswer.StandsCompared answer) {
    var message = StandsCompared.newBuilder();
    answer.stands().forEach(stand -> message.addStands(of(stand)));
    return message.build();
  }

  /** Empty where there are more than may be. */
  static Optional<PeerAnswer> of(StandsCompared message) {
    return message.getStandsCount() > PeerAnswer.StandsCompared.MOST
        ? Optional.empty()
        : Optional.of(
            new PeerAnswer.StandsCompared(
                message.getStandsList().stream().map(StandMessages::of).toList()));
  }

  private static PartyStand of(Stand stand) {
    var message =
        PartyStand.newBuilder()
            .setInstance(stand.party().instance())
            .setNumber(stand.party().number())
            .setWanted(of(stand.wanted()))
            .setProposing(stand.proposing());
    Demand asked = stand.asked();
    if (asked != null) {
      message.setAsked(of(asked));
    }
    return message.build();
  }

  private static Stand of(PartyStand message) {
    return new Stand(
        new Party(message.getInstance(), message.getNumber()),
        message.hasAsked() ? of(message.getAsked()) : null,
        of(message.getWanted()),
        message.getProposing());
  }

  private static GroupDemand of(Demand demand) {
    return GroupDemand.newBuilder()
        .setExpression(demand.filter().expression())
        .setSql(demand.filter().type() == Filter.Type.SQL)
        .setOrdered(demand.ordered())
        .build();
  }

  private static Demand of(GroupDemand message) {
    Filter.Type type = message.getSql() ? Filter.Type.SQL : Filter.Type.TAG;
    return new Demand(new Filter(type, message.getExpression()), message.getOrdered());
  }
}
