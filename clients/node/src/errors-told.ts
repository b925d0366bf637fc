import { MQError } from './errors.js';
import type { ErrorContext, ErrorListener } from './options.js';

/** Tells listeners of failures that nobody waits for, and the console where there is no listener. */
export class ErrorsTold {
  readonly #whose: string;
  readonly #listeners = new Set<ErrorListener>();

  /** @param whose the consumer or the checks, as the console is told */
  constructor(whose: string) {
    this.#whose = whose;
  }

  /** The function returned takes the listener off. */
  add(listener: ErrorListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(error: MQError, context: ErrorContext): void {
    if (this.#listeners.size === 0) console.error(`${this.#whose}:`, error);
    for (const listener of [...this.#listeners]) {
      try {
        listener(error, context);
      } catch (thrown) {
        console.error(`${this.#whose}: an error listener threw`, thrown);
      }
    }
  }
}

/** What a program's function threw. */
export function thrownBy(whose: string, thrown: unknown): MQError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new MQError('HANDLER_FAILED', `${whose}: ${reason}`, { cause: thrown });
}

/** What a call of our own failed with. */
export function asMQError(error: unknown): MQError {
  return error instanceof MQError ? error : new MQError('INTERNAL', String(error), { cause: error });
}
