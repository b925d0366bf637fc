import { Bounded } from './bounded.js';
import { asMQError, ErrorsTold, thrownBy } from './errors-told.js';
import { invalid } from './errors.js';
import { LiveStream } from './live-stream.js';
import type { ErrorListener } from './options.js';
import { CLOSE_MS, left, type Owned } from './owner.js';
import {
  CheckTransactions,
  type CheckTransactionsRequest,
  type TransactionCheck,
  TransactionResolution,
} from './protocol.js';
import { MessageContent, type MessageData } from './message.js';
import { wholeNumber } from './settings.js';
import { endTransaction } from './transaction.js';
import { deadlineOf, Work } from './work.js';

/** What a checker says of a transaction. `unknown` has it asked about again later. */
export type TransactionVerdict = 'commit' | 'rollback' | 'unknown';

/** Decides an undecided transaction by its message, whose `receiptHandle` is empty. */
export type TransactionChecker = (message: MessageData) => TransactionVerdict | Promise<TransactionVerdict>;

/** Options of `Producer.onTransactionCheck`. */
export interface CheckOptions {
  /** How many transactions are asked about at once; 1 to 10,000. Default: 16. */
  readonly concurrency?: number | undefined;
  /** Told of what the checker throws, and of failures of the stream and of decisions. Default: `console.error`. */
  readonly onError?: ErrorListener | undefined;
}

/** A checker that is asked. */
export interface TransactionChecks extends AsyncDisposable {
  /** Asks it nothing further, and waits for what is under way. Closing twice is fine. */
  close(deadlineMs?: number): Promise<void>;
}

/** Begins to ask a checker. */
export function checking(
  owned: Owned,
  checker: TransactionChecker,
  options: CheckOptions = {},
  onClosed: (checks: TransactionChecks) => void,
): TransactionChecks {
  if (typeof checker !== 'function') throw invalid('checker', checker, 'a function');
  const concurrency = wholeNumber('concurrency', options.concurrency, 16, 1, 10_000);
  return new Checks(owned, checker, concurrency, options.onError, onClosed);
}

class Checks implements TransactionChecks {
  readonly #owned: Owned;
  readonly #checker: TransactionChecker;
  readonly #onClosed: (checks: TransactionChecks) => void;
  readonly #work: Work;
  readonly #errors: ErrorsTold;
  readonly #bounded: Bounded;
  readonly #stream: LiveStream<CheckTransactionsRequest, TransactionCheck>;
  #closing: Promise<void> | undefined;

  constructor(
    owned: Owned,
    checker: TransactionChecker,
    concurrency: number,
    onError: ErrorListener | undefined,
    onClosed: (checks: TransactionChecks) => void,
  ) {
    const whose = `transaction checks of ${owned.topic}`;
    this.#owned = owned;
    this.#checker = checker;
    this.#onClosed = onClosed;
    this.#work = new Work(whose);
    this.#errors = new ErrorsTold(whose);
    if (onError) this.#errors.add(onError);
    this.#stream = new LiveStream<CheckTransactionsRequest, TransactionCheck>(
      owned,
      CheckTransactions,
      (producerId) => ({ producerId }),
      {
        opened: () => {},
        received: (check) => void this.#bounded.run(() => this.#check(check)),
        broke: (error) => this.#errors.tell(error, { during: 'stream' }),
        ended: (error) => error && this.#errors.tell(error, { during: 'ended' }),
      },
    );
    this.#bounded = new Bounded(
      concurrency,
      () => this.#stream.pause(),
      () => this.#stream.resume(),
    );
    this.#stream.start();
  }

  close(deadlineMs = CLOSE_MS): Promise<void> {
    this.#closing ??= this.#close(deadlineOf(deadlineMs));
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(deadlineMs: number): Promise<void> {
    const until = performance.now() + deadlineMs;
    this.#stream.end();
    await this.#bounded.idle(left(until));
    this.#work.stop();
    await this.#work.drain(left(until));
    this.#onClosed(this);
  }

  async #check({ transactionId, message: wire }: TransactionCheck): Promise<void> {
    if (!wire) return;
    const message = new MessageContent(wire, this.#owned.topic);
    let resolution: TransactionResolution;
    try {
      resolution = resolutionOf(await this.#checker(message));
    } catch (thrown) {
      return this.#errors.tell(thrownBy(`checker of ${this.#owned.topic}`, thrown), { during: 'handler', message });
    }
    if (resolution === TransactionResolution.UNRESOLVED) return;
    try {
      await this.#work.run(undefined, (cancellation) =>
        endTransaction(this.#owned, transactionId, resolution, undefined, cancellation),
      );
    } catch (error) {
      this.#errors.tell(asMQError(error), { during: 'acknowledge', message });
    }
  }
}

function resolutionOf(verdict: TransactionVerdict): TransactionResolution {
  switch (verdict) {
    case 'commit':
      return TransactionResolution.COMMIT;
    case 'rollback':
      return TransactionResolution.ROLLBACK;
    case 'unknown':
      return TransactionResolution.UNRESOLVED;
    default:
      throw invalid('verdict', verdict, "'commit', 'rollback' or 'unknown'");
  }
}
