import { unlessSuccess } from './calls.js';
import type { Cancellation } from './cancellation.js';
import { MQError } from './errors.js';
import type { CallOptions } from './options.js';
import type { Owned } from './owner.js';
import type { TransactionResult } from './producer.js';
import { EndTransaction, TransactionResolution } from './protocol.js';
import { timeoutOf } from './settings.js';
import type { Work } from './work.js';

/** How far a transaction is. */
export type TransactionState = 'undecided' | 'committing' | 'rollingBack' | 'committed' | 'rolledBack' | 'unknown';

/**
 * A message that is delivered if, and only if, it is committed; from `Producer.beginTransaction`. Any gateway of the
 * cluster can end it. As an async disposable it is rolled back where it is still undecided.
 */
export class Transaction implements AsyncDisposable {
  readonly messageId: string;
  readonly transactionId: string;
  readonly #owned: Owned;
  readonly #work: Work;
  #state: TransactionState = 'undecided';

  /** @internal */
  constructor({ messageId, transactionId }: TransactionResult, owned: Owned, work: Work) {
    this.messageId = messageId;
    this.transactionId = transactionId;
    this.#owned = owned;
    this.#work = work;
  }

  /** `unknown` after an answer that was lost: then the check-back settles it. */
  get state(): TransactionState {
    return this.#state;
  }

  /**
   * Has the message delivered. Once it has succeeded, calling it again does nothing.
   *
   * @throws MQError `UNKNOWN_OUTCOME` where the answer was lost, which is not repeated, as committing twice may
   *   deliver twice; `FAILED_PRECONDITION` where it is decided otherwise or that is under way; after any other
   *   failure it is still undecided
   */
  commit(options?: CallOptions): Promise<void> {
    return this.#end(TransactionResolution.COMMIT, 'committing', 'committed', options);
  }

  /** Has the message dropped; otherwise as `commit`. */
  rollback(options?: CallOptions): Promise<void> {
    return this.#end(TransactionResolution.ROLLBACK, 'rollingBack', 'rolledBack', options);
  }

  /** Rolls back what is undecided. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'undecided') await this.rollback();
  }

  async #end(
    resolution: TransactionResolution,
    during: TransactionState,
    after: TransactionState,
    options: CallOptions | undefined,
  ): Promise<void> {
    if (this.#state === after) return;
    if (this.#state !== 'undecided') {
      throw new MQError('FAILED_PRECONDITION', `transaction ${this.messageId}: ${this.#state} (expected: undecided)`);
    }
    this.#state = during;
    try {
      await this.#work.run(options, (cancellation) =>
        endTransaction(this.#owned, this.transactionId, resolution, options, cancellation),
      );
      this.#state = after;
    } catch (error) {
      this.#state = certain(error) ? 'undecided' : 'unknown';
      throw error;
    }
  }
}

/** Decides a transaction, which is tried again only where certainly nothing happened. */
export async function endTransaction(
  { calls, id, timeoutMs, policy }: Owned,
  transactionId: string,
  resolution: TransactionResolution,
  options: CallOptions | undefined,
  cancellation: Cancellation,
): Promise<void> {
  await calls.perform(
    {
      method: EndTransaction,
      request: (producerId) => ({ producerId, transactionId, resolution }),
      refusal: unlessSuccess,
      id,
      idempotent: false,
      timeoutMs: timeoutOf(options?.timeoutMs, timeoutMs),
      policy: { ...policy, retryUnknownOutcome: false },
    },
    cancellation,
  );
}

/** Whether it certainly has had no effect. */
function certain(error: unknown): boolean {
  return error instanceof MQError && !['UNKNOWN_OUTCOME', 'ABORTED', 'CLOSED', 'INTERNAL'].includes(error.code);
}
