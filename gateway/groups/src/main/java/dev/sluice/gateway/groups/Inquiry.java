package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.Stand;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Asks the members of a group where they stand. Made and answered on one loop. */
record Inquiry(Inquirer inquirer, SharedUpstream shared, GroupTopic key) {

  /** The most instances that are asked at once; of a group with more, some are not. */
  static final int MOST = 100;

  private static final int SHOWN = 5;

  /**
   * Finds out who the members are, and asks those that are instances of this gateway.
   *
   * @param mine where the asking party stands
   */
  void ofEverybody(Stand mine, Completion<Findings> completion) {
    shared.call(
        (upstream, done) -> upstream.members(key.topic(), key.group(), done),
        new Completion<GroupMembers>() {
          @Override
          public void done(GroupMembers members) {
            var findings = new Findings();
            findings.others = shown(members.others());
            Filter filter = members.othersFilter();
            if (filter != null) {
              findings.asked = new Demand(normalised(filter), mine.wanted().ordered());
            }
            List<Peer> peers =
                members.gateways().stream()
                    .map(PeerName::parse)
                    .flatMap(Optional::stream)
                    .filter(peer -> peer.instance() != inquirer.self().instance())
                    .limit(MOST)
                    .toList();
            of(peers, mine, findings, completion::done);
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        });
  }

  /** Asks these, and adds what they say. */
  void of(Collection<Peer> peers, Stand mine, Findings findings, Consumer<Findings> over) {
    if (peers.isEmpty()) {
      over.accept(findings);
      return;
    }
    var waiting = new Waiting(peers.size(), findings, over);
    for (Peer peer : peers) {
      inquirer.ask(
          peer,
          key,
          mine,
          new Completion<>() {
            @Override
            public void done(List<Stand> stands) {
              findings.stands.put(peer, List.copyOf(stands));
              waiting.one();
            }

            @Override
            public void failed(GatewayException failure) {
              findings.silent.add(peer);
              waiting.one();
            }
          });
    }
  }

  private static final class Waiting {
    private final Findings findings;
    private final Consumer<Findings> over;
    private int left;

    Waiting(int left, Findings findings, Consumer<Findings> over) {
      this.left = left;
      this.findings = findings;
      this.over = over;
    }

    void one() {
      if (--left == 0) {
        over.accept(findings);
      }
    }
  }

  /** Others may write what we would refuse. */
  private static Filter normalised(Filter filter) {
    try {
      return TagSet.normalised(filter);
    } catch (GatewayException e) {
      return filter;
    }
  }

  private static String shown(Set<String> ids) {
    var sorted = new TreeSet<>(ids);
    Stream<String> first = sorted.stream().limit(SHOWN);
    return String.join(
        ", ",
        sorted.size() <= SHOWN ? first.toList() : Stream.concat(first, Stream.of("...")).toList());
  }
}
