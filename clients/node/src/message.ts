import type { CallOptions } from './options.js';

/** A message that was received, as data. */
export interface MessageData {
  readonly messageId: string;
  /** What it is acknowledged by, on any gateway of the cluster, as long as it is held. */
  readonly receiptHandle: string;
  /** The body where it is text (valid UTF-8), else empty: see {@link Message.bytes}. */
  readonly body: string;
  readonly tag: string;
  /** The sender's own; its message key as `KEYS`, its sharding key as `__SHARDINGKEY`. */
  readonly properties: Record<string, string>;
  /** When it was sent, in milliseconds since the epoch. */
  readonly bornTimestamp: number;
  /** How many times it was delivered before. */
  readonly reconsumeTimes: number;
  /** The topic that it came from. */
  readonly topic: string;
  /** How `bytes` is compressed, `gzip` or `deflate`, where the gateway could not expand it to 4 MiB; else empty. */
  readonly contentEncoding: string;
  /** Whether the body is text. */
  readonly isText: boolean;
  /** The body as bytes, whether it is text or not. */
  readonly bytes: Buffer;
  /** The body parsed as JSON. @throws SyntaxError where it is none */
  json<T = unknown>(): T;
}

/** A message that was received, and what can be done with it. */
export interface Message extends MessageData {
  /**
   * `held` until `ack`, `retryLater` or `nack` was called, in the consumer's automatic mode by the consumer; then what was called
   * last.
   */
  readonly state: 'held' | 'acknowledged' | 'retried';
  /**
   * Acknowledges it: it does not come again. Acknowledgements that are made at once travel together.
   *
   * @throws MQError `FAILED_PRECONDITION` or `NOT_FOUND` where it is no longer held, so that it comes again, or has
   */
  ack(options?: CallOptions): Promise<void>;
  /**
   * Has it come again after a while, its `reconsumeTimes` raised, and after its last permitted delivery (16 by default) among the
   * group's dead letters. In an ordered subscription others of its key wait for it.
   *
   * @param delayMs 0 (default) for as soon as possible, 43,200,000 (12 hours) at most
   * @throws MQError as `ack`
   */
  retryLater(delayMs?: number, options?: CallOptions): Promise<void>;
  /** The same as `retryLater(0)`. */
  nack(options?: CallOptions): Promise<void>;
}

/** Is given each message. What it throws, or rejects with, is reported, and the message comes again. */
export type MessageHandler = (message: Message) => unknown;
