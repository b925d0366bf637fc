import { LONGEST_DELAY_MS } from './acknowledgements.js';
import { Calls, noneOf, unlessSuccess } from './calls.js';
import { Cancellation } from './cancellation.js';
import { Consumer, type Handling } from './consumer.js';
import { Endpoint } from './endpoint.js';
import { invalid } from './errors.js';
import { type Refusal, refused } from './failures.js';
import type { CallOptions, ConsumerOptions, MQConfig } from './options.js';
import { CLOSE_MS, type Closeable, left, type Owned } from './owner.js';
import { Producer } from './producer.js';
import { CreateConsumer, CreateProducer, HealthCheck, type Method, StartPosition } from './protocol.js';
import { SealedId } from './sealed-id.js';
import { requiredText, type Settings, settingsOf, text, timeoutOf, wholeNumber } from './settings.js';
import { deadlineOf, Work } from './work.js';

/** What `MQClient.healthCheck` yields. */
export interface Health {
  /** Whether some gateway can send and receive. */
  readonly healthy: boolean;
  /** What it says, or what the first one says that cannot. */
  readonly message: string;
  /** What each says, in the order of the configuration; one that does not answer is not healthy. */
  readonly endpoints: readonly { readonly endpoint: string; readonly healthy: boolean; readonly message: string }[];
}

/**
 * A client of one or more gateways, which producers and consumers are had from. It connects with its first call, and
 * has one connection to each gateway, which everything of it shares. Every asynchronous call fails with an `MQError`.
 */
export class MQClient implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #calls: Calls;
  readonly #work = new Work('client');
  readonly #open = new Set<Closeable>();
  #closing: Promise<void> | undefined;

  /** @throws MQError `INVALID_ARGUMENT`, naming the value that is wrong and what was expected */
  constructor(config: MQConfig) {
    this.#settings = settingsOf(config);
    this.#calls = new Calls(this.#settings.addresses.map((address) => new Endpoint(address, this.#settings.endpoint)));
  }

  /**
   * Makes a producer.
   *
   * @param instanceId labels the program in the gateway's metrics; it does not change the topic's name
   * @param topic the topic that it sends to
   */
  getProducer(instanceId: string, topic: string, options?: CallOptions): Promise<Producer> {
    return this.#work.run(options, async (cancellation) => {
      const request = this.#names(instanceId, topic);
      const id = await this.#make(CreateProducer, request, (answer) => answer.producerId, options, cancellation);
      return this.#opened(id, topic, (owned) => new Producer(owned));
    });
  }

  /**
   * Makes a consumer, which receives nothing before `startReceiving`. All consumers of a group should ask for the
   * same tags.
   *
   * @param instanceId as for producers
   * @param topic the topic that it receives
   * @param groupId consumers of one group share the topic's messages
   * @param tagExpression `*` (default) for all, or tags separated by `||`
   * @throws MQError `FAILED_PRECONDITION` where members of the group that use other gateways ask for something else
   */
  getConsumer(
    instanceId: string,
    topic: string,
    groupId: string,
    tagExpression = '*',
    options: ConsumerOptions = {},
  ): Promise<Consumer> {
    return this.#work.run(options, async (cancellation) => {
      const handling = handlingOf(options);
      const request = {
        ...this.#names(instanceId, topic),
        groupId: requiredText('groupId', groupId),
        tagExpression: text('tagExpression', tagExpression),
        ...startOf(options.startFrom),
        ordered: options.ordered ?? false,
        maxHoldMs: wholeNumber('maxHoldMs', options.maxHoldMs, 0, 1_000, 86_400_000),
      };
      const id = await this.#make(CreateConsumer, request, (answer) => answer.consumerId, options, cancellation);
      return this.#opened(id, topic, (owned) => new Consumer(owned, groupId, handling));
    });
  }

  /**
   * Asks all gateways.
   *
   * @throws MQError `UNAVAILABLE` where none of them answers
   */
  healthCheck(options?: CallOptions): Promise<Health> {
    return this.#work.run(options, async (cancellation) => {
      const timeoutMs = timeoutOf(options?.timeoutMs, this.#settings.timeoutMs);
      const outcomes = await Promise.all(
        this.#calls.endpoints.map((endpoint) => endpoint.ask(HealthCheck, {}, true, timeoutMs, cancellation)),
      );
      const failures = outcomes.flatMap((outcome) => ('failed' in outcome ? outcome.failed.error : []));
      if (failures.length === outcomes.length) throw noneOf(failures);
      const endpoints = outcomes.map((outcome, index) => {
        const endpoint = this.#calls.endpoints[index]!.address;
        return 'failed' in outcome
          ? { endpoint, healthy: false, message: outcome.failed.error.message }
          : { endpoint, healthy: outcome.response.healthy, message: outcome.response.message };
      });
      const telling = endpoints.find(({ healthy }) => healthy) ?? endpoints[0]!;
      return { healthy: telling.healthy, message: telling.message, endpoints };
    });
  }

  /**
   * Closes its producers and consumers, as their own `close` does, and then its connections, after which nothing of
   * it keeps the process alive. Closing twice is fine.
   *
   * @param deadlineMs milliseconds until what is still under way is cancelled; 0 to 3,600,000
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
    this.#work.stop();
    await this.#work.drain(left(until));
    await Promise.all([...this.#open].map((each) => each.close(left(until))));
    for (const endpoint of this.#calls.endpoints) endpoint.close();
  }

  #names(instanceId: string, topic: string) {
    return {
      ...this.#settings.system,
      instanceId: text('instanceId', instanceId),
      topic: requiredText('topic', topic),
    };
  }

  /** Makes an id at some gateway, which is made anew elsewhere, and later, where one does not know it. */
  async #make<Q, R extends Refusal & { readonly success: boolean }>(
    method: Method<Q, R>,
    request: Q,
    idOf: (response: R) => string,
    options: CallOptions | undefined,
    cancellation: Cancellation,
  ): Promise<SealedId> {
    const { policy } = this.#settings;
    const timeoutMs = timeoutOf(options?.timeoutMs, this.#settings.timeoutMs);
    const call = { method, request: () => request, refusal: unlessSuccess, idempotent: true, timeoutMs, policy };
    const { response, endpoint } = await this.#calls.perform(call, cancellation);
    return new SealedId(idOf(response), endpoint, async (at, timeout) => {
      const outcome = await at.ask(method, request, true, timeout, new Cancellation());
      if ('failed' in outcome) throw outcome.failed.error;
      if (!outcome.response.success) throw refused(outcome.response, at.address, true).error;
      return idOf(outcome.response);
    });
  }

  #opened<T extends Closeable>(id: SealedId, topic: string, make: (owned: Owned) => T): T {
    const { timeoutMs, policy } = this.#settings;
    const onClosed = () => this.#open.delete(opened);
    const opened = make({ calls: this.#calls, id, topic, timeoutMs, policy, onClosed });
    this.#open.add(opened);
    return opened;
  }
}

function handlingOf({ concurrency, ack, retryDelayMs }: ConsumerOptions): Handling {
  if (ack !== undefined && ack !== 'manual' && ack !== 'auto') throw invalid('ack', ack, "'manual' or 'auto'");
  if (typeof retryDelayMs !== 'function') wholeNumber('retryDelayMs', retryDelayMs, 0, 0, LONGEST_DELAY_MS);
  return {
    concurrency: wholeNumber('concurrency', concurrency, 16, 1, 10_000),
    automatic: ack === 'auto',
    retryDelayMs: retryDelayMs ?? ((message) => Math.min(1_000 * 2 ** message.reconsumeTimes, 300_000)),
  };
}

function startOf(from: ConsumerOptions['startFrom']): { startPosition: StartPosition; startTimestamp: number } {
  if (from === undefined || from === 'latest') return { startPosition: StartPosition.LATEST, startTimestamp: 0 };
  if (from === 'earliest') return { startPosition: StartPosition.EARLIEST, startTimestamp: 0 };
  if (from instanceof Date && !Number.isNaN(from.getTime())) {
    return { startPosition: StartPosition.TIMESTAMP, startTimestamp: from.getTime() };
  }
  throw invalid('startFrom', from, "'latest', 'earliest' or a Date");
}
