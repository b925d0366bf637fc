import type { Cancellation } from './cancellation.js';
import type { Endpoint } from './endpoint.js';

/** Makes an id at one gateway. */
export type MakeId = (endpoint: Endpoint, timeoutMs: number) => Promise<string>;

/**
 * The id of a producer or consumer. One is good for all gateways of a cluster and outlives them; one that a gateway
 * does not know, as its cluster's key is another or the id was cleaned up there, gets an id of its own for that
 * gateway.
 */
export class SealedId {
  readonly #common: string;
  readonly #make: MakeId;
  readonly #own = new Map<Endpoint, string>();
  readonly #making = new Map<Endpoint, Promise<string>>();
  readonly #used = new Set<Endpoint>();

  constructor(common: string, madeBy: Endpoint, make: MakeId) {
    this.#common = common;
    this.#make = make;
    this.#used.add(madeBy);
  }

  /** What to present to a gateway. */
  at(endpoint: Endpoint): string {
    this.#used.add(endpoint);
    return this.#own.get(endpoint) ?? this.#common;
  }

  /** Where it was presented. */
  get used(): readonly Endpoint[] {
    return [...this.#used];
  }

  /** A new one for a gateway that did not know the one given; those who ask at the same time get the same. */
  async renew(endpoint: Endpoint, unknown: string, timeoutMs: number, cancellation: Cancellation): Promise<string> {
    const present = this.at(endpoint);
    if (present !== unknown) return present;
    let making = this.#making.get(endpoint);
    if (!making) {
      making = this.#make(endpoint, timeoutMs)
        .then((id) => {
          this.#own.set(endpoint, id);
          return id;
        })
        .finally(() => this.#making.delete(endpoint));
      this.#making.set(endpoint, making);
    }
    return cancellation.race(making);
  }
}
