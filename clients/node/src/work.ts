import { aborted, Cancellation, onAbort } from './cancellation.js';
import { invalid, MQError } from './errors.js';
import type { CallOptions } from './options.js';

/**
 * The operations of one owner that are under way. Its close waits for them, and cancels what does not end in time.
 */
export class Work {
  readonly #owner: string;
  readonly #open = new Set<Cancellation>();
  #accepting = true;
  #whenIdle: (() => void)[] = [];

  /** @param owner as it is called in errors */
  constructor(owner: string) {
    this.#owner = owner;
  }

  get accepting(): boolean {
    return this.#accepting;
  }

  /** @throws MQError `CLOSED` where nothing is accepted any more */
  check(): void {
    if (!this.#accepting) throw this.#closed();
  }

  /** Runs an operation until it ends, the caller's signal is aborted, or the owner's close runs out of time. */
  async run<T>(options: CallOptions | undefined, operation: (cancellation: Cancellation) => Promise<T>): Promise<T> {
    this.check();
    const signal = options?.signal;
    if (signal !== undefined && !(signal instanceof AbortSignal)) throw invalid('signal', signal, 'an AbortSignal');
    if (signal?.aborted) throw aborted(signal);
    return this.#track(operation, signal);
  }

  /** The same for what belongs to something that was accepted before. */
  finish<T>(operation: (cancellation: Cancellation) => Promise<T>): Promise<T> {
    return this.#track(operation, undefined);
  }

  /** Accepts nothing further. */
  stop(): void {
    this.#accepting = false;
  }

  /** Waits for what is under way, cancels what is left after a time, and waits for that. */
  async drain(milliseconds: number): Promise<void> {
    if (this.#open.size === 0) return;
    const timer = setTimeout(() => this.#cancel(), milliseconds);
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    clearTimeout(timer);
  }

  async #track<T>(operation: (cancellation: Cancellation) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const cancellation = new Cancellation();
    const off = signal ? onAbort(signal, () => cancellation.cancel(aborted(signal))) : undefined;
    this.#open.add(cancellation);
    try {
      return await operation(cancellation);
    } finally {
      off?.();
      this.#open.delete(cancellation);
      if (this.#open.size === 0) this.#idle();
    }
  }

  #cancel(): void {
    for (const cancellation of this.#open) cancellation.cancel(this.#closed('closed before an answer came'));
  }

  #idle(): void {
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }

  #closed(how = 'closed'): MQError {
    return new MQError('CLOSED', `${this.#owner}: ${how} (expected: open)`);
  }
}

/** Milliseconds that a close may take, checked. */
export function deadlineOf(milliseconds: number): number {
  if (!Number.isFinite(milliseconds) || milliseconds < 0 || milliseconds > 3_600_000) {
    throw invalid('deadlineMs', milliseconds, 'milliseconds from 0 to 3600000');
  }
  return milliseconds;
}
