import { type Call, unlessSuccess } from './calls.js';
import type { Cancellation } from './cancellation.js';
import type { Endpoint } from './endpoint.js';
import { asMQError } from './errors-told.js';
import { invalid, MQError } from './errors.js';
import { refused } from './failures.js';
import type { Resolving } from './message.js';
import type { CallOptions } from './options.js';
import type { Owned } from './owner.js';
import { AckMessage, AckMessages, type AckMessagesResponse, RetryMessage } from './protocol.js';
import { requiredText, timeoutOf, wholeNumber } from './settings.js';
import type { Work } from './work.js';

/** What became of one of the handles of `Consumer.ackMessages`. */
export type AckResult =
  | { readonly ok: true; readonly receiptHandle: string }
  | { readonly ok: false; readonly receiptHandle: string; readonly error: MQError };

const MOST_HANDLES = 1_024;

/** 12 hours. */
export const LONGEST_DELAY_MS = 43_200_000;

interface Waiting {
  readonly receiptHandle: string;
  readonly settle: (error: MQError | undefined) => void;
}

/**
 * Acknowledges and gives back. Acknowledgements made in one turn of the event loop travel together; acknowledging
 * twice is the same as once, so that one whose answer is lost is repeated.
 */
export class Acknowledgements implements Resolving {
  readonly #owned: Owned;
  readonly #work: Work;
  readonly #holder: () => Endpoint | undefined;
  #waiting: Waiting[] = [];

  /** @param holder the gateway that messages come from, which has the shortest way */
  constructor(owned: Owned, work: Work, holder: () => Endpoint | undefined) {
    this.#owned = owned;
    this.#work = work;
    this.#holder = holder;
  }

  acknowledge(receiptHandle: string, options?: CallOptions): Promise<void> {
    return this.#work.run(options, async (cancellation) => {
      requiredText('receiptHandle', receiptHandle);
      // One with a time of its own cannot share a call.
      if (options?.timeoutMs !== undefined) {
        await this.#owned.calls.perform(this.#one(receiptHandle, options), cancellation);
        return;
      }
      await cancellation.race(
        new Promise<void>((resolve, reject) => {
          if (this.#waiting.length === 0) setImmediate(() => this.#flush());
          this.#waiting.push({ receiptHandle, settle: (error) => (error ? reject(error) : resolve()) });
        }),
      );
    });
  }

  acknowledgeAll(receiptHandles: readonly string[], options?: CallOptions): Promise<AckResult[]> {
    return this.#work.run(options, async (cancellation) => {
      if (!Array.isArray(receiptHandles)) throw invalid('receiptHandles', receiptHandles, 'an array of texts');
      const handles: string[] = receiptHandles.map((handle) => requiredText('receiptHandle', handle));
      const results: AckResult[] = [];
      for (let at = 0; at < handles.length; at += MOST_HANDLES) {
        const part = handles.slice(at, at + MOST_HANDLES);
        const errors = await this.#errorsOf(part, options, cancellation);
        part.forEach((receiptHandle, index) => {
          const error = errors[index];
          results.push(error ? { ok: false, receiptHandle, error } : { ok: true, receiptHandle });
        });
      }
      return results;
    });
  }

  retry(receiptHandle: string, delayMs: number, options?: CallOptions): Promise<void> {
    return this.#work.run(options, async (cancellation) => {
      requiredText('receiptHandle', receiptHandle);
      const delay = wholeNumber('delayMs', Math.ceil(delayMs), 0, 0, LONGEST_DELAY_MS);
      const request = (consumerId: string) => ({ consumerId, receiptHandle, delayMs: delay });
      const call = {
        ...this.#common(options),
        method: RetryMessage,
        request,
        refusal: unlessSuccess,
        idempotent: false,
      };
      await this.#owned.calls.perform(call, cancellation);
    });
  }

  #flush(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < all.length; at += MOST_HANDLES) void this.#settle(all.slice(at, at + MOST_HANDLES));
  }

  async #settle(part: readonly Waiting[]): Promise<void> {
    const handles = part.map(({ receiptHandle }) => receiptHandle);
    const errors = await this.#work
      .finish((cancellation) => this.#errorsOf(handles, undefined, cancellation))
      .catch((error: unknown) => handles.map(() => asMQError(error)));
    part.forEach(({ settle }, index) => settle(errors[index]));
  }

  /** Fails for no handle; what is cancelled is among the errors. */
  async #errorsOf(
    handles: readonly string[],
    options: CallOptions | undefined,
    cancellation: Cancellation,
  ): Promise<(MQError | undefined)[]> {
    try {
      if (handles.length === 1) {
        await this.#owned.calls.perform(this.#one(handles[0]!, options), cancellation);
        return [undefined];
      }
      const { response, endpoint } = await this.#owned.calls.perform(this.#many(handles, options), cancellation);
      return await Promise.all(
        handles.map((handle, index) => {
          const result = response.results[index];
          if (result?.success) return undefined;
          const error = result ? refused(result, endpoint.address, true).error : missing(endpoint);
          return error.retryable ? this.#alone(handle, options, cancellation) : error;
        }),
      );
    } catch (error) {
      return handles.map(() => asMQError(error));
    }
  }

  /** One that failed among many for a reason that may go away. */
  async #alone(
    handle: string,
    options: CallOptions | undefined,
    cancellation: Cancellation,
  ): Promise<MQError | undefined> {
    const [error] = await this.#errorsOf([handle], options, cancellation);
    return error;
  }

  #one(receiptHandle: string, options: CallOptions | undefined) {
    const request = (consumerId: string) => ({ consumerId, receiptHandle });
    return { ...this.#common(options), method: AckMessage, request, refusal: unlessSuccess, idempotent: true };
  }

  #many(receiptHandles: readonly string[], options: CallOptions | undefined) {
    return {
      ...this.#common(options),
      method: AckMessages,
      request: (consumerId: string) => ({ consumerId, receiptHandles: [...receiptHandles] }),
      refusal: (answer: AckMessagesResponse) => (answer.success || answer.results.length > 0 ? undefined : answer),
      idempotent: true,
    };
  }

  #common(options: CallOptions | undefined): Pick<Call<never, never>, 'id' | 'preferred' | 'timeoutMs' | 'policy'> {
    const { id, timeoutMs, policy } = this.#owned;
    return { id, preferred: this.#holder(), timeoutMs: timeoutOf(options?.timeoutMs, timeoutMs), policy };
  }
}

function missing(endpoint: Endpoint): MQError {
  return new MQError('INTERNAL', `${endpoint.address}: an answer without a result for this handle`, {
    endpoint: endpoint.address,
  });
}
