import { type MessageBody, time, type WireBody, wireBody, wireProperties } from './body.js';
import { batches, type BatchResult, type Entry, type OutgoingMessage, resultOf } from './batch.js';
import { type Answered, again, type Call, type Policy, unlessSuccess } from './calls.js';
import type { Cancellation } from './cancellation.js';
import { cleanUp } from './clean-up.js';
import { MQError } from './errors.js';
import { Lanes } from './lanes.js';
import type { DelayOptions, SendOptions, TransactionOptions } from './options.js';
import { CLOSE_MS, left, type Owned } from './owner.js';
import type { MessagePropertiesLike } from './properties.js';
import {
  CleanupProducer,
  type Method,
  SendDelayMessage,
  SendMessage,
  SendMessages,
  type SendMessageResponse,
  SendOrderedMessage,
  SendTransactionMessage,
  TransactionMode,
  type MessageProperties as WireProperties,
} from './protocol.js';
import { policyOf, text, timeoutOf } from './settings.js';
import { type CheckOptions, checking, type TransactionChecker, type TransactionChecks } from './transaction-checks.js';
import { Transaction } from './transaction.js';
import { deadlineOf, Work } from './work.js';

/** What became of a message that was stored. */
export interface SendResult {
  readonly messageId: string;
  /** Equal to `messageId`: a message that was sent has nothing to acknowledge. */
  readonly receiptHandle: string;
  /**
   * Where the brokers cannot keep the time that was asked for: when the message is delivered instead, in milliseconds
   * since the epoch.
   */
  readonly deliveryMovedTo?: number;
}

/** The same of a transaction. */
export interface TransactionResult extends SendResult {
  readonly transactionId: string;
}

type Fields = WireBody & { tag: string; properties: WireProperties | undefined };

/**
 * Sends the messages of one topic; from `MQClient.getProducer`. One producer may be used by everything in a program,
 * and by many calls at once; it stays usable when gateways restart or go.
 *
 * All sends: a body is text, bytes, or anything else that `JSON.stringify` takes, 1 byte to 4 MiB. They fail with an
 * `MQError`: `INVALID_ARGUMENT` (also for what is too long), `NOT_FOUND` (no such topic), `OVERLOADED`, `UNAVAILABLE`
 * or `TIMED_OUT` when as many attempts as `RetryOptions` has came to nothing, `UNKNOWN_OUTCOME` where the message may
 * be stored or not, `ABORTED`, `CLOSED`.
 */
export class Producer implements AsyncDisposable {
  readonly topic: string;
  readonly #owned: Owned;
  readonly #work: Work;
  readonly #lanes = new Lanes();
  readonly #checks = new Set<TransactionChecks>();
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(owned: Owned) {
    this.#owned = owned;
    this.topic = owned.topic;
    this.#work = new Work(`producer of ${owned.topic}`);
  }

  /** Sends a message. With a sharding key in its properties it keeps its order as an ordered one does. */
  publishMessage(
    body: MessageBody,
    tag?: string,
    properties?: MessagePropertiesLike | null,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.#work.run(options, async (cancellation) => {
      const fields = fieldsOf(body, tag, properties);
      const key = fields.properties?.shardingKey;
      const send = () => this.#send(SendMessage, (producerId) => ({ producerId, ...fields }), options, cancellation);
      return sent(await (key ? this.#lanes.run([key], cancellation, send) : send()));
    });
  }

  /**
   * Sends a message that keeps its order: those with an equal key are stored one after the other, in the order of the
   * calls, also where these are not waited for. Without a key (here or in the properties), all of the topic's that
   * have none keep theirs.
   *
   * @param shardingKey 1,024 characters at most
   */
  publishOrderedMessage(
    body: MessageBody,
    tag?: string,
    properties?: MessagePropertiesLike | null,
    shardingKey?: string,
    options?: SendOptions,
  ): Promise<SendResult> {
    return this.#work.run(options, async (cancellation) => {
      const fields = fieldsOf(body, tag, properties);
      const key = text('shardingKey', shardingKey);
      const lane = key || fields.properties?.shardingKey || '';
      return this.#lanes.run([lane], cancellation, async () =>
        sent(
          await this.#send(
            SendOrderedMessage,
            (producerId) => ({ producerId, ...fields, shardingKey: key }),
            options,
            cancellation,
          ),
        ),
      );
    });
  }

  /** Sends a message that is delivered later. */
  publishDelayMessage(
    body: MessageBody,
    tag?: string,
    properties?: MessagePropertiesLike | null,
    options: DelayOptions = {},
  ): Promise<SendResult> {
    return this.#work.run(options, async (cancellation) => {
      const fields = fieldsOf(body, tag, properties);
      const delayTimeLevel = time('delayTimeLevel', options.delayTimeLevel);
      const startDeliverTime = time('startDeliverTime', options.startDeliverTime);
      const request = (producerId: string) => ({ producerId, ...fields, delayTimeLevel, startDeliverTime });
      return sent(await this.#send(SendDelayMessage, request, options, cancellation));
    });
  }

  /**
   * Sends a message as a transaction that the gateway commits as soon as it is stored. One that the program decides
   * is begun by `beginTransaction`.
   *
   * @param transCheckImmunityTime seconds; kept for programs that give it
   */
  publishTransactionMessage(
    body: MessageBody,
    tag?: string,
    properties?: MessagePropertiesLike | null,
    transCheckImmunityTime = 5,
    options?: SendOptions,
  ): Promise<TransactionResult> {
    return this.#work.run(options, async (cancellation) => {
      const mode = TransactionMode.AUTO;
      return this.#sendInTransaction(body, tag, properties, transCheckImmunityTime, mode, options, cancellation);
    });
  }

  /**
   * Stores a message that is delivered if, and only if, the transaction is committed. A transaction that stays
   * undecided is asked about: see `onTransactionCheck`.
   */
  beginTransaction(
    body: MessageBody,
    tag?: string,
    properties?: MessagePropertiesLike | null,
    options: TransactionOptions = {},
  ): Promise<Transaction> {
    return this.#work.run(options, async (cancellation) => {
      const seconds = options.checkAfterSeconds ?? 0;
      const mode = TransactionMode.MANUAL;
      const stored = await this.#sendInTransaction(body, tag, properties, seconds, mode, options, cancellation);
      return new Transaction(stored, this.#owned, this.#work);
    });
  }

  /**
   * Sends many messages in as few calls as they fit in. Those with an equal sharding key keep their order, within a
   * call of this and beside single sends. What fails for a reason that may go away is tried again, but for messages
   * with a key, which others of their key may have passed.
   *
   * @returns what became of each, in their order; it fails as a whole only for arguments that are wrong, or where it
   *   is closed
   */
  publishMessages(messages: readonly OutgoingMessage[], options?: SendOptions): Promise<BatchResult[]> {
    return this.#work.run(options, async (cancellation) => {
      const results: BatchResult[] = [];
      const policy = policyOf(options?.retry, this.#owned.policy);
      timeoutOf(options?.timeoutMs, this.#owned.timeoutMs);
      const all = batches(messages);
      for (const batch of all) {
        const keys = batch.flatMap(({ properties }) => properties?.shardingKey || []);
        results.push(...(await this.#sendBatch(batch, keys, policy, options, cancellation)));
      }
      return results;
    });
  }

  /**
   * Has a checker decide transactions of the topic that stay undecided, as the program that began them died or cannot
   * reach a gateway: also those of other producers of the topic. What it throws is told to the listener of the
   * options, and it is asked again later.
   */
  onTransactionCheck(checker: TransactionChecker, options?: CheckOptions): TransactionChecks {
    this.#work.check();
    const checks = checking(this.#owned, checker, options, (closed) => this.#checks.delete(closed));
    this.#checks.add(checks);
    return checks;
  }

  /**
   * Accepts nothing further, waits for what is under way, cancels what is not done in time, and gives back what the
   * gateway keeps for it. Closing twice is fine.
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
    await Promise.all([...this.#checks].map((checks) => checks.close(left(until))));
    await this.#work.drain(left(until));
    await cleanUp(this.#owned.id, CleanupProducer, (producerId) => ({ producerId }), until);
    this.#owned.onClosed();
  }

  async #sendInTransaction(
    body: MessageBody,
    tag: string | undefined,
    properties: MessagePropertiesLike | null | undefined,
    seconds: number,
    mode: TransactionMode,
    options: SendOptions | undefined,
    cancellation: Cancellation,
  ): Promise<TransactionResult> {
    const fields = fieldsOf(body, tag, properties);
    const transCheckImmunityTime = time('transCheckImmunityTime', seconds);
    const request = (producerId: string) => ({ producerId, ...fields, transCheckImmunityTime, mode });
    const response = await this.#send(SendTransactionMessage, request, options, cancellation);
    const { messageId, receiptHandle, transactionId } = response;
    return { messageId, receiptHandle, transactionId };
  }

  async #send<Q, R extends Parameters<typeof unlessSuccess>[0]>(
    method: Method<Q, R>,
    request: (id: string) => Q,
    options: SendOptions | undefined,
    cancellation: Cancellation,
  ): Promise<R> {
    const policy = policyOf(options?.retry, this.#owned.policy);
    const answered = await this.#perform({ method, request, refusal: unlessSuccess }, policy, options, cancellation);
    return answered.response;
  }

  #perform<Q, R>(
    call: Pick<Call<Q, R>, 'method' | 'request' | 'refusal'>,
    policy: Policy,
    options: SendOptions | undefined,
    cancellation: Cancellation,
  ): Promise<Answered<R>> {
    const { calls, id, timeoutMs } = this.#owned;
    const own = timeoutOf(options?.timeoutMs, timeoutMs);
    return calls.perform({ ...call, id, idempotent: false, timeoutMs: own, policy }, cancellation);
  }

  /** Repeats what may be repeated of a batch: it as a whole, where nothing of it was tried, else what has no key. */
  async #sendBatch(
    batch: readonly Entry[],
    keys: readonly string[],
    policy: Policy,
    options: SendOptions | undefined,
    cancellation: Cancellation,
  ): Promise<BatchResult[]> {
    const results = new Array<BatchResult>(batch.length);
    let open = batch.map((_, index) => index);
    const attempt = async (): Promise<void> => {
      const { response, endpoint } = await this.#perform(
        {
          method: SendMessages,
          request: (producerId) => ({ producerId, messages: open.map((index) => batch[index]!) }),
          refusal: (answer) => (answer.success || answer.results.length > 0 ? undefined : answer),
        },
        { ...policy, attempts: 1 },
        options,
        cancellation,
      );
      const answered = open;
      answered.forEach((index, at) => (results[index] = resultOf(response.results[at], endpoint.address)));
      open = answered.filter((index) => isRepeatable(results[index]!, batch[index]!, policy));
      const first = results[open[0]!];
      if (first && !first.ok) throw first.error;
    };
    try {
      await this.#lanes.run(keys, cancellation, () => again(policy, cancellation, attempt));
    } catch (error) {
      if (!(error instanceof MQError)) throw error;
      const told = open.some((index) => isOf(results[index], error));
      for (const index of told ? [] : open) results[index] = { ok: false, error };
    }
    return results;
  }
}

function isRepeatable(result: BatchResult, entry: Entry, policy: Policy): boolean {
  if (result.ok || entry.properties?.shardingKey) return false;
  return result.error.retryable || (policy.retryUnknownOutcome && result.error.code === 'UNKNOWN_OUTCOME');
}

/** Whether a result has that error already, as a gateway's answer for this message. */
function isOf(result: BatchResult | undefined, error: MQError): boolean {
  return result !== undefined && !result.ok && result.error === error;
}

function fieldsOf(
  body: unknown,
  tag: string | undefined,
  properties: MessagePropertiesLike | null | undefined,
): Fields {
  return { ...wireBody(body), tag: text('tag', tag), properties: wireProperties(properties) };
}

function sent({ messageId, receiptHandle, deliveryMovedTo }: SendMessageResponse): SendResult {
  return deliveryMovedTo === 0 ? { messageId, receiptHandle } : { messageId, receiptHandle, deliveryMovedTo };
}
