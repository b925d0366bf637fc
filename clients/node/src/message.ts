import type { CallOptions } from './options.js';
import type { Message as WireMessage } from './protocol.js';

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
   * `held` until it was acknowledged or given back, by these methods, or by its handle while it is being handled;
   * then which of the two was asked for last.
   */
  readonly state: 'held' | 'acknowledged' | 'retried';
  /**
   * Acknowledges it: it does not come again. Acknowledgements that are made at once travel together.
   *
   * @throws MQError `FAILED_PRECONDITION` or `NOT_FOUND` where it is no longer held, so that it comes again, or has
   */
  ack(options?: CallOptions): Promise<void>;
  /**
   * Has it come again after a while, its `reconsumeTimes` raised, and after its last permitted delivery (16 by
   * default) among the group's dead letters. In an ordered subscription others of its key wait for it.
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

/** What a message consists of. */
export class MessageContent implements MessageData {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly tag: string;
  readonly properties: Record<string, string>;
  readonly bornTimestamp: number;
  readonly reconsumeTimes: number;
  readonly topic: string;
  readonly contentEncoding: string;
  readonly isText: boolean;
  readonly #raw: Uint8Array;

  constructor(wire: WireMessage, topic: string) {
    this.messageId = wire.messageId;
    this.receiptHandle = wire.receiptHandle;
    this.body = wire.messageBody;
    this.tag = wire.tag;
    this.properties = wire.properties;
    this.bornTimestamp = wire.bornTimestamp;
    this.reconsumeTimes = wire.reconsumeTimes;
    this.topic = topic;
    this.contentEncoding = wire.contentEncoding;
    this.isText = wire.rawBody.length === 0;
    this.#raw = wire.rawBody;
  }

  get bytes(): Buffer {
    const raw = this.#raw;
    return this.isText ? Buffer.from(this.body) : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  }

  json<T = unknown>(): T {
    return JSON.parse(this.isText ? this.body : this.bytes.toString()) as T;
  }
}

/** What a message is acknowledged and given back by. */
export interface Resolving {
  acknowledge(receiptHandle: string, options?: CallOptions): Promise<void>;
  retry(receiptHandle: string, delayMs: number, options?: CallOptions): Promise<void>;
}

let setState: (message: ReceivedMessage, state: Message['state']) => void;

/** Marks a message that was resolved by its handle. */
export function resolved(message: ReceivedMessage | undefined, state: Message['state']): void {
  if (message) setState(message, state);
}

/** A message as handlers get it. */
export class ReceivedMessage extends MessageContent implements Message {
  static {
    setState = (message, state) => (message.#state = state);
  }

  readonly #resolving: Resolving;
  #state: Message['state'] = 'held';

  constructor(wire: WireMessage, topic: string, resolving: Resolving) {
    super(wire, topic);
    this.#resolving = resolving;
  }

  get state(): Message['state'] {
    return this.#state;
  }

  ack(options?: CallOptions): Promise<void> {
    this.#state = 'acknowledged';
    return this.#resolving.acknowledge(this.receiptHandle, options);
  }

  retryLater(delayMs = 0, options?: CallOptions): Promise<void> {
    this.#state = 'retried';
    return this.#resolving.retry(this.receiptHandle, delayMs, options);
  }

  nack(options?: CallOptions): Promise<void> {
    return this.retryLater(0, options);
  }
}
