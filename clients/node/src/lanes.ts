import type { Cancellation } from './cancellation.js';

/**
 * Keeps what has an equal key in order: one after the other, in the order in which they came. What has no key in
 * common goes on beside each other. A key is known as long as something waits or runs for it.
 */
export class Lanes {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Runs it when all that came before it with one of its keys has ended, however it ended.
   *
   * @throws the cancellation's reason, where it is cancelled while it waits
   */
  async run<T>(keys: Iterable<string>, cancellation: Cancellation, operation: () => Promise<T>): Promise<T> {
    const own = [...new Set(keys)];
    const before = own.flatMap((key) => this.#last.get(key) ?? []);
    let end!: () => void;
    const ended = Promise.all([...before, new Promise<void>((resolve) => (end = resolve))]);
    for (const key of own) this.#last.set(key, ended);
    try {
      if (before.length > 0) await cancellation.race(Promise.all(before));
      return await operation();
    } finally {
      end();
      void ended.then(() => this.#forget(own, ended));
    }
  }

  /** How many keys are known. */
  get size(): number {
    return this.#last.size;
  }

  #forget(keys: readonly string[], ended: Promise<unknown>): void {
    for (const key of keys) if (this.#last.get(key) === ended) this.#last.delete(key);
  }
}
