import { MQError } from './errors.js';

type Listener = (reason: MQError) => void;

/**
 * Whether an operation is still wanted. Unlike an `AbortController` it costs next to nothing, which matters for one
 * that each send has.
 */
export class Cancellation {
  #reason: MQError | undefined;
  readonly #listeners = new Set<Listener>();

  /** Why it is not wanted any more, once it is not. */
  get reason(): MQError | undefined {
    return this.#reason;
  }

  throwIfCancelled(): void {
    if (this.#reason) throw this.#reason;
  }

  /** The first reason counts. */
  cancel(reason: MQError): void {
    if (this.#reason) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener(reason);
    this.#listeners.clear();
  }

  /** Tells the listener once, at once where it is cancelled already; the function returned takes the listener off. */
  onCancel(listener: Listener): () => void {
    if (this.#reason) {
      listener(this.#reason);
      return () => {};
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The same outcome as the promise, or the reason, whichever is first. */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const off = this.onCancel(reject);
      promise.then(resolve, reject).finally(off);
    });
  }

  /**
   * Waits.
   *
   * @throws the reason where it is cancelled meanwhile
   */
  pause(milliseconds: number): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        off();
        resolve();
      }, milliseconds);
      const off = this.onCancel((reason) => {
        clearTimeout(timer);
        reject(reason);
      });
    });
  }
}

const watched = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal is aborted. However many wait for one signal, it has one listener of ours, so that a
 * signal which is handed to many calls causes no warning of a leak.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = watched.get(signal) ?? watch(signal);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

function watch(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  watched.set(signal, callbacks);
  signal.addEventListener(
    'abort',
    () => {
      for (const callback of [...callbacks]) callback();
      callbacks.clear();
    },
    { once: true },
  );
  return callbacks;
}

/** What a call fails with whose signal was aborted. */
export function aborted(signal: AbortSignal): MQError {
  return new MQError('ABORTED', 'aborted by the caller', { cause: signal.reason });
}
