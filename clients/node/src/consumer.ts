import { EventEmitter } from 'node:events';
import { type AckResult, Acknowledgements, LONGEST_DELAY_MS } from './acknowledgements.js';
import { Bounded } from './bounded.js';
import { cleanUp } from './clean-up.js';
import type { Endpoint } from './endpoint.js';
import { asMQError, ErrorsTold, thrownBy } from './errors-told.js';
import { invalid, type MQError } from './errors.js';
import { LiveStream, type StreamEvents } from './live-stream.js';
import { type MessageHandler, ReceivedMessage, resolved } from './message.js';
import type { CallOptions, ErrorListener, RetryDelay } from './options.js';
import { CLOSE_MS, left, type Owned } from './owner.js';
import {
  CleanupConsumer,
  ReceiveMessages,
  type ReceiveMessagesRequest,
  type Message as WireMessage,
} from './protocol.js';
import { deadlineOf, Work } from './work.js';

/** How a consumer handles what it receives. */
export interface Handling {
  readonly concurrency: number;
  readonly automatic: boolean;
  readonly retryDelayMs: RetryDelay;
}

/** What a `MessageStream` tells of. */
export interface MessageStreamEvents {
  /** The stream is open at this gateway, `host:port`; again after it broke. What is sent from now on is not missed. */
  open: [endpoint: string];
  /** It has ended for good, as something about it stays wrong. */
  error: [error: MQError];
  /** It has ended for good: by `cancel`, by the consumer's close, or after `error`. */
  end: [];
}

/** What `Consumer.startReceiving` yields. */
export interface MessageStream extends EventEmitter {
  /** Ends it. Messages that are not acknowledged come again, to whoever receives then. */
  cancel(): void;
  on<E extends keyof MessageStreamEvents>(event: E, listener: (...args: MessageStreamEvents[E]) => void): this;
  on(event: string | symbol, listener: (...args: any[]) => void): this;
  once<E extends keyof MessageStreamEvents>(event: E, listener: (...args: MessageStreamEvents[E]) => void): this;
  once(event: string | symbol, listener: (...args: any[]) => void): this;
}

/**
 * Receives messages of one topic for one group; from `MQClient.getConsumer`. Its subscription outlives gateways: a
 * stream that breaks is opened again, at another gateway where there is one.
 *
 * Messages come at least once: what is not acknowledged comes again, to this consumer or another of its group.
 */
export class Consumer implements AsyncDisposable {
  readonly topic: string;
  readonly groupId: string;
  readonly #owned: Owned;
  readonly #handling: Handling;
  readonly #work: Work;
  readonly #errors: ErrorsTold;
  readonly #acknowledgements: Acknowledgements;
  readonly #bounded: Bounded;
  readonly #handlers: MessageHandler[] = [];
  /** What is being handled, by its handle: as much as may be handled at once. */
  readonly #inHand = new Map<string, ReceivedMessage>();
  #holder: Endpoint | undefined;
  #receiving: Receiving | undefined;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(owned: Owned, groupId: string, handling: Handling) {
    const whose = `consumer of ${owned.topic} in ${groupId}`;
    this.topic = owned.topic;
    this.groupId = groupId;
    this.#owned = owned;
    this.#handling = handling;
    this.#work = new Work(whose);
    this.#errors = new ErrorsTold(whose);
    this.#acknowledgements = new Acknowledgements(owned, this.#work, () => this.#holder);
    this.#bounded = new Bounded(
      handling.concurrency,
      () => this.#receiving?.pause(),
      () => this.#receiving?.resume(),
    );
  }

  /**
   * Adds a handler. With several, each is given each message, and the message counts as handled when all of them are
   * done.
   */
  onMessage(handler: MessageHandler): void {
    if (typeof handler !== 'function') throw invalid('handler', handler, 'a function');
    this.#handlers.push(handler);
    this.#receiving?.begin();
  }

  /**
   * Adds a listener for failures that no caller waits for: what handlers throw, and streams that break off.
   *
   * @returns a function that takes the listener off
   */
  onError(listener: ErrorListener): () => void {
    if (typeof listener !== 'function') throw invalid('listener', listener, 'a function');
    return this.#errors.add(listener);
  }

  /**
   * Begins to receive, when there is a handler. While it receives, it returns the same stream again; after `cancel()`
   * it begins anew.
   *
   * @throws MQError `CLOSED`
   */
  startReceiving(): MessageStream {
    this.#work.check();
    if (!this.#receiving) {
      const receiving = new Receiving(this.#owned, {
        opened: (endpoint) => (this.#holder = endpoint),
        received: (message) => void this.#bounded.run(() => this.#handle(message)),
        broke: (error) => this.#errors.tell(error, { during: 'stream' }),
        ended: (error) => {
          if (this.#receiving === receiving) this.#receiving = undefined;
          if (error) this.#errors.tell(error, { during: 'ended' });
        },
      });
      this.#receiving = receiving;
      if (this.#bounded.full) receiving.pause();
      if (this.#handlers.length > 0) receiving.begin();
    }
    return this.#receiving;
  }

  /**
   * Acknowledges a message by its handle, also one that another process received. Acknowledgements made at once
   * travel together.
   *
   * @throws MQError `FAILED_PRECONDITION` or `NOT_FOUND` where it is no longer held, so that it comes again, or has
   */
  async ackMessage(receiptHandle: string, options?: CallOptions): Promise<{ success: true; message: string }> {
    resolved(this.#inHand.get(receiptHandle), 'acknowledged');
    await this.#acknowledgements.acknowledge(receiptHandle, options);
    return { success: true, message: '' };
  }

  /**
   * Acknowledges many.
   *
   * @returns what became of each, in their order; it fails as a whole only for arguments that are wrong, or where it
   *   is closed
   */
  ackMessages(receiptHandles: readonly string[], options?: CallOptions): Promise<AckResult[]> {
    const results = this.#acknowledgements.acknowledgeAll(receiptHandles, options);
    for (const handle of this.#inHand.size > 0 ? receiptHandles : [])
      resolved(this.#inHand.get(handle), 'acknowledged');
    return results;
  }

  /**
   * Has a message come again after a while, its `reconsumeTimes` raised.
   *
   * @param delayMs 0 (default) for as soon as possible, 43,200,000 (12 hours) at most
   * @throws MQError as `ackMessage`
   */
  retryMessage(receiptHandle: string, delayMs = 0, options?: CallOptions): Promise<void> {
    resolved(this.#inHand.get(receiptHandle), 'retried');
    return this.#acknowledgements.retry(receiptHandle, delayMs, options);
  }

  /**
   * Receives nothing further, waits for handlers and their acknowledgements, and hands back what is not acknowledged
   * by then, which comes again. Handlers that take longer than that are not ended, but can acknowledge nothing.
   * Closing twice is fine.
   */
  close(deadlineMs = CLOSE_MS): Promise<void> {
    this.#closing ??= this.#close(deadlineOf(deadlineMs));
    return this.#closing;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(deadlineMs: number): Promise<void> {
    const until = performance.now() + deadlineMs;
    // Not ended yet, since the gateway would give what is being handled to others.
    this.#receiving?.hold();
    await this.#bounded.idle(left(until));
    this.#work.stop();
    await this.#work.drain(left(until));
    await this.#receiving?.end();
    await cleanUp(this.#owned.id, CleanupConsumer, (consumerId) => ({ consumerId }), until);
    this.#owned.onClosed();
  }

  /** Never fails. */
  async #handle(wire: WireMessage): Promise<void> {
    const message = new ReceivedMessage(wire, this.topic, this.#acknowledgements);
    this.#inHand.set(message.receiptHandle, message);
    try {
      const outcomes = await Promise.allSettled(this.#handlers.map(async (handler) => handler(message)));
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
      for (const { reason } of failures) {
        this.#errors.tell(thrownBy(`handler of message ${message.messageId}`, reason), { during: 'handler', message });
      }
      if (message.state !== 'held') return;
      if (failures.length > 0) await message.retryLater(this.#delay(message, failures[0]!.reason));
      else if (this.#handling.automatic) await message.ack();
    } catch (error) {
      this.#errors.tell(asMQError(error), { during: 'acknowledge', message });
    } finally {
      this.#inHand.delete(message.receiptHandle);
    }
  }

  #delay(message: ReceivedMessage, thrown: unknown): number {
    const { retryDelayMs } = this.#handling;
    const delay = typeof retryDelayMs === 'function' ? retryDelayMs(message, thrown) : retryDelayMs;
    return Math.min(Math.max(0, delay), LONGEST_DELAY_MS);
  }
}

class Receiving extends EventEmitter implements MessageStream {
  readonly #stream: LiveStream<ReceiveMessagesRequest, WireMessage>;
  readonly #told: StreamEvents<WireMessage>;
  #begun = false;
  #held = false;
  #ended = false;

  constructor(owned: Owned, told: StreamEvents<WireMessage>) {
    super();
    this.#told = told;
    this.#stream = new LiveStream<ReceiveMessagesRequest, WireMessage>(
      owned,
      ReceiveMessages,
      (consumerId) => ({ consumerId }),
      {
        opened: (endpoint) => {
          told.opened(endpoint);
          this.emit('open', endpoint.address);
        },
        received: (message) => {
          if (!this.#held) told.received(message);
        },
        broke: told.broke,
        ended: (error) => this.#hasEnded(error),
      },
    );
  }

  begin(): void {
    if (this.#begun || this.#ended) return;
    this.#begun = true;
    this.#stream.start();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#held) this.#stream.resume();
  }

  /** Receives nothing further, without giving back what was received. */
  hold(): void {
    this.#held = true;
    this.#stream.pause();
  }

  cancel(): void {
    this.#stream.end();
    // Without a stream nobody else would say so.
    if (!this.#begun) setImmediate(() => this.#hasEnded(undefined));
  }

  /** Ends it, and waits for that. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended) return resolve();
      this.once('end', resolve);
      this.cancel();
    });
  }

  #hasEnded(error: MQError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#told.ended(error);
    if (error && this.listenerCount('error') > 0) this.emit('error', error);
    this.emit('end');
  }
}
