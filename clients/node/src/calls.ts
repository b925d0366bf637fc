import { type Backoff, pauseAfter } from './backoff.js';
import type { Cancellation } from './cancellation.js';
import { MQError } from './errors.js';
import type { Endpoint, Outcome } from './endpoint.js';
import { type Refusal, refused } from './failures.js';
import type { Method } from './protocol.js';
import type { SealedId } from './sealed-id.js';

/** How often and after which pauses something is tried. */
export interface Policy extends Backoff {
  readonly attempts: number;
  readonly retryUnknownOutcome: boolean;
}

/** Something to be asked of whichever gateway works. */
export interface Call<Q, R> {
  readonly method: Method<Q, R>;
  /** Made for each gateway, with the id that it knows. */
  readonly request: (id: string) => Q;
  /** What an answer says of a failure, where it tells of one. */
  readonly refusal: (response: R) => Refusal | undefined;
  /** Of the producer or consumer that it is about, if any. */
  readonly id?: SealedId;
  /** Whether doing it twice is the same as doing it once, so that no outcome of it is unknown. */
  readonly idempotent: boolean;
  /** The gateway that is asked first as long as it works. */
  readonly preferred?: Endpoint | undefined;
  readonly timeoutMs: number;
  readonly policy: Policy;
}

/** An answer, and whose it is. */
export interface Answered<R> {
  readonly response: R;
  readonly endpoint: Endpoint;
}

/**
 * Asks gateways: those that work in turn, another one where one has certainly done nothing, and again where that may
 * help.
 */
export class Calls {
  readonly endpoints: readonly Endpoint[];
  #next: number;

  constructor(endpoints: readonly Endpoint[]) {
    this.endpoints = endpoints;
    // Processes that start together begin at different ones.
    this.#next = Math.floor(Math.random() * endpoints.length);
  }

  /**
   * Asks until there is an answer that says success, or a failure that trying again does not help.
   *
   * @throws MQError; the cancellation's reason
   */
  perform<Q, R>(call: Call<Q, R>, cancellation: Cancellation): Promise<Answered<R>> {
    return again(call.policy, cancellation, () => this.#attempt(call, cancellation));
  }

  async #attempt<Q, R>(call: Call<Q, R>, cancellation: Cancellation): Promise<Answered<R>> {
    const failures: MQError[] = [];
    for (const endpoint of this.order(call.preferred)) {
      const outcome = await this.#ask(endpoint, call, cancellation);
      if ('response' in outcome) {
        endpoint.worked();
        return { response: outcome.response, endpoint };
      }
      const { error, elsewhere, faulty } = outcome.failed;
      if (faulty) endpoint.failed();
      if (!elsewhere) throw error;
      failures.push(error);
    }
    throw noneOf(failures);
  }

  /** Those that work, in turn and the preferred one first, and then those that are left out. */
  order(preferred?: Endpoint): Endpoint[] {
    const { endpoints } = this;
    const start = this.#next;
    this.#next = (start + 1) % endpoints.length;
    if (endpoints.length === 1) return [...endpoints];
    const rotated = [...endpoints.slice(start), ...endpoints.slice(0, start)];
    const rank = (endpoint: Endpoint): number => (endpoint.usable ? (endpoint === preferred ? 0 : 1) : 2);
    return rotated.sort((a, b) => rank(a) - rank(b));
  }

  /** An id that a gateway does not know is made anew there, once. */
  async #ask<Q, R>(endpoint: Endpoint, call: Call<Q, R>, cancellation: Cancellation): Promise<Outcome<R>> {
    const { id, timeoutMs } = call;
    const known = id?.at(endpoint) ?? '';
    const outcome = await this.#askWith(known, endpoint, call, cancellation);
    if (!id || 'response' in outcome || !outcome.failed.unknownId) return outcome;
    const renewed = await id.renew(endpoint, known, timeoutMs, cancellation);
    return this.#askWith(renewed, endpoint, call, cancellation);
  }

  async #askWith<Q, R>(
    id: string,
    endpoint: Endpoint,
    call: Call<Q, R>,
    cancellation: Cancellation,
  ): Promise<Outcome<R>> {
    const { method, idempotent, timeoutMs, refusal } = call;
    const outcome = await endpoint.ask(method, call.request(id), idempotent, timeoutMs, cancellation);
    const refusing = 'response' in outcome ? refusal(outcome.response) : undefined;
    return refusing ? { failed: refused(refusing, endpoint.address, idempotent) } : outcome;
  }
}

/** What most answers say of a failure. */
export function unlessSuccess(response: Refusal & { readonly success: boolean }): Refusal | undefined {
  return response.success ? undefined : response;
}

/** Tries until it succeeds, fails for a reason that will stay, or was tried often enough. */
export async function again<T>(policy: Policy, cancellation: Cancellation, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (failures >= policy.attempts || !isWorthRepeating(error, policy)) throw withCallers(error);
    }
    await cancellation.pause(pauseAfter(failures, policy));
  }
}

/** Made where an answer arrived, an error would say nothing of who had asked. */
function withCallers(error: unknown): unknown {
  if (error instanceof MQError) Error.captureStackTrace(error, again);
  return error;
}

function isWorthRepeating(error: unknown, policy: Policy): boolean {
  if (!(error instanceof MQError)) return false;
  return error.retryable || (policy.retryUnknownOutcome && error.code === 'UNKNOWN_OUTCOME');
}

/** What none of the gateways could do, and why. */
export function noneOf(failures: readonly MQError[]): MQError {
  if (failures.length === 1) return failures[0]!;
  const reasons = failures.map((error) => error.message).join('; ');
  return new MQError('UNAVAILABLE', `no gateway of ${failures.length}: ${reasons}`, { cause: failures[0] });
}
