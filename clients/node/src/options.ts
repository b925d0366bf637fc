import type { MQError } from './errors.js';
import type { MessageData } from './message.js';

/**
 * Where and how an `MQClient` connects. The first five are those of `@klsakura/rocketmq-grpc-sdk`.
 */
export interface MQConfig {
  /**
   * The message system behind the gateway: `host:port` or `http://host:port` of a RocketMQ name server, several
   * separated by `;`. Empty or left out: the one that the gateway was configured with.
   */
  readonly endpoint?: string | undefined;
  /** Credentials for the message system, where it asks for some. */
  readonly accessKeyId?: string | undefined;
  /** The secret that goes with `accessKeyId`. It is shown in no error and by no `util.inspect`. */
  readonly accessKeySecret?: string | undefined;
  /** Kept for programs that read it from their configuration; `getProducer` and `getConsumer` are told theirs. */
  readonly instanceId?: string | undefined;
  /**
   * The gateways: `host:port`, several separated by commas or as an array; IPv6 as `[::1]:50051`. Calls are balanced
   * over those that work. Default: `localhost:50051`.
   */
  readonly grpcEndpoint?: string | readonly string[] | undefined;
  /**
   * TLS to the gateways: `true` for authorities that Node.js knows, or {@link TlsOptions}. What the gateway presents is
   * always verified. Default: plain text.
   */
  readonly tls?: boolean | TlsOptions | undefined;
  /**
   * The gateway's API key, sent as `authorization: Bearer …` with each call. A function is called for each, so that a
   * key can be replaced while the program runs.
   */
  readonly apiKey?: string | (() => string) | undefined;
  /** Milliseconds that one try of a call may take; 1 to 3,600,000. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How what failed is tried again. */
  readonly retry?: RetryOptions | undefined;
  /** How connections are looked after. */
  readonly connection?: ConnectionOptions | undefined;
}

/** Certificates and keys as PEM text or bytes. */
export interface TlsOptions {
  /** Who may have signed the gateway's certificate. Default: those that Node.js knows. */
  readonly ca?: string | Uint8Array | undefined;
  /** The client's certificate, followed by those that it is signed by; goes with `key`. */
  readonly cert?: string | Uint8Array | undefined;
  /** The private key of `cert`. */
  readonly key?: string | Uint8Array | undefined;
  /** The name that the gateway's certificate must be for, where it is not the one that is connected to. */
  readonly serverName?: string | undefined;
}

/**
 * How a call is tried again whose failure says that nothing was done (`MQError.retryable`). The pause before the n-th
 * repetition is drawn evenly between half and all of `min(maxDelayMs, initialDelayMs * 2 ** (n - 1))`. A gateway that
 * cannot be connected to is no attempt: the next one is asked at once, and only when none can be reached is there a
 * pause.
 */
export interface RetryOptions {
  /** How often a call is tried in all; 1 to 100. Default: 3. */
  readonly attempts?: number | undefined;
  /** Milliseconds; 1 to 60,000. Default: 100. */
  readonly initialDelayMs?: number | undefined;
  /** Milliseconds; 1 to 600,000. Default: 5,000. */
  readonly maxDelayMs?: number | undefined;
  /**
   * Whether a send is also repeated after `UNKNOWN_OUTCOME`, with which the message may be stored twice. Default: no.
   */
  readonly retryUnknownOutcome?: boolean | undefined;
}

/** How connections are looked after. */
export interface ConnectionOptions {
  /** Milliseconds until a connection counts as failed; 100 to 120,000. Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * After how many milliseconds of silence the other end is asked whether it is there; 6,000 to 3,600,000, as the
   * gateway ends connections that ask more often than every 5 s. Default: 10,000.
   */
  readonly keepaliveMs?: number | undefined;
  /** Milliseconds until a connection without an answer to that counts as dead; 100 to 60,000. Default: 5,000. */
  readonly keepaliveTimeoutMs?: number | undefined;
}

/** Options of a single call. */
export interface CallOptions {
  /** Ends the wait, with an `MQError` of code `ABORTED` whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that one try may take, instead of the client's. */
  readonly timeoutMs?: number | undefined;
}

/** Options of a send. */
export interface SendOptions extends CallOptions {
  /** Instead of the client's, field by field. */
  readonly retry?: RetryOptions | undefined;
}

/** When a delayed message is delivered: exactly one of the two. */
export interface DelayOptions extends SendOptions {
  /** 1 to 18: 1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h, unless the brokers have others. */
  readonly delayTimeLevel?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly startDeliverTime?: number | undefined;
}

/** Options of `beginTransaction`. */
export interface TransactionOptions extends SendOptions {
  /** Seconds until the transaction, if still undecided, is asked about for the first time; 0 for the broker's own. */
  readonly checkAfterSeconds?: number | undefined;
}

/** How long a message that is given back stays away, in milliseconds; 0 for as short as possible, 12 hours at most. */
export type RetryDelay = number | ((message: MessageData, error: unknown) => number);

/** What a consumer is like, from `getConsumer`. */
export interface ConsumerOptions extends CallOptions {
  /** How many messages are handled at once; 1 to 10,000. Default: 16. */
  readonly concurrency?: number | undefined;
  /**
   * `manual`: the program acknowledges, by `message.ack()` or `consumer.ackMessage(handle)`. `auto`: a message is
   * acknowledged when its handlers have returned, or when the promises that they returned are fulfilled. Default:
   * `manual`.
   */
  readonly ack?: 'manual' | 'auto' | undefined;
  /**
   * When a message comes again whose handler failed. Default: 1 s, twice as long with each further delivery, 5
   * minutes at most.
   */
  readonly retryDelayMs?: RetryDelay | undefined;
  /**
   * Whether messages with an equal sharding key come one after the other, each when the one before it is acknowledged
   * or among the dead letters. All consumers of a group must ask for the same. Default: no.
   */
  readonly ordered?: boolean | undefined;
  /**
   * Where a group begins that has never consumed the topic: after what is there, with the oldest that is kept, or
   * with the first message stored at that time or later. Default: `latest`.
   */
  readonly startFrom?: 'latest' | 'earliest' | Date | undefined;
  /**
   * How long a message may be kept unacknowledged until it comes again, in milliseconds; 1,000 to 86,400,000.
   * Default: the gateway's setting, 15 minutes unless changed.
   */
  readonly maxHoldMs?: number | undefined;
}

/** What a failure that an error listener is told of belongs to. */
export interface ErrorContext {
  /**
   * `handler`: a handler or checker threw; its message comes again. `acknowledge`: an acknowledgement or hand-back on
   * the program's behalf failed; the message comes again. `stream`: the stream of messages or checks broke off,
   * no other gateway took it at once, and it is tried further; told once until it works again. `ended`: it broke off
   * for a reason that will not go away, and is not opened again.
   */
  readonly during: 'handler' | 'acknowledge' | 'stream' | 'ended';
  /** The message that it is about, where it is about one. */
  readonly message?: MessageData;
}

/**
 * Is told of failures that no caller waits for. Without a listener, failures are written by `console.error`. What a
 * listener throws itself is written there too.
 */
export type ErrorListener = (error: MQError, context: ErrorContext) => void;
