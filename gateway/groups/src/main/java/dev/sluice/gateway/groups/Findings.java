package dev.sluice.gateway.groups;

import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.Stand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a round of questions brought to light. Belongs to one loop. */
final class Findings {

  /** Where the parties of other instances stand, by the instance that told. */
  final Map<Peer, List<Stand>> stands = new LinkedHashMap<>();

  /** Instances that did not tell. */
  final List<Peer> silent = new ArrayList<>();

  /** Members that are no gateways, for people; empty where there are none. */
  String others = "";

  /** What these ask for; null where nobody knows. */
  @Nullable Demand asked;
}
