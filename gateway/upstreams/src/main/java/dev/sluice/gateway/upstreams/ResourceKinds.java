package dev.sluice.gateway.upstreams;

/** What the gateway's entries in the ledger are called. */
public final class ResourceKinds {

  /** Callers' connections, tracked. */
  public static final String CONNECTION = "connection";

  /** Requests that have not arrived in full, tallied. */
  public static final String ARRIVING_REQUEST = "arriving request";

  /** Producer sessions, tracked. */
  public static final String PRODUCER = "producer session";

  /** Consumer sessions, tracked. */
  public static final String CONSUMER = "consumer session";

  /** Streams, tracked. */
  public static final String STREAM = "stream";

  /** Shared upstreams, tracked. */
  public static final String UPSTREAM = "upstream";

  /** Claims to shared upstreams, tracked. */
  public static final String LEASE = "lease";

  /** Messages accepted and not answered, tallied. */
  public static final String PENDING_SEND = "pending send";

  /** Checkers of transactions, tracked. */
  public static final String CHECKER = "transaction checker";

  /** Transactions being begun, tallied. */
  public static final String PENDING_TRANSACTION = "pending transaction";

  /** Messages being moved to the dead letters, tallied. */
  public static final String DEAD_LETTER = "dead letter";

  /** Acknowledgements under way, tallied. */
  public static final String PENDING_ACK = "pending ack";

  /** Deliveries held on behalf of a live stream or connection, tallied. */
  public static final String HELD_DELIVERY = "held delivery";

  /** Connections to other instances, tracked. */
  public static final String PEER_CONNECTION = "peer connection";

  /** Questions to other instances without an answer yet, tallied. */
  public static final String PEER_CALL = "peer call";

  private ResourceKinds() {}
}
