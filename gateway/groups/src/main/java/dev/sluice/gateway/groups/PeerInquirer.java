package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.gateway.upstreams.Peers;
import dev.sluice.gateway.upstreams.Stand;
import java.util.List;

/** Asks the instances that share the cluster key. */
record PeerInquirer(Peers peers) implements Inquirer {

  @Override
  public Peer self() {
    return peers.self();
  }

  @Override
  public void ask(Peer peer, GroupTopic key, Stand asker, Completion<List<Stand>> completion) {
    peers.ask(
        peer,
        new PeerQuestion.CompareStands(key.endpoint(), key.topic(), key.group(), asker, self()),
        new Completion<>() {
          @Override
          public void done(PeerAnswer.StandsCompared answer) {
            completion.done(answer.stands());
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        });
  }
}
