import type { Calls, Policy } from './calls.js';
import type { SealedId } from './sealed-id.js';

/** What producers and consumers have of their client. */
export interface Owned {
  readonly calls: Calls;
  readonly id: SealedId;
  readonly topic: string;
  readonly timeoutMs: number;
  readonly policy: Policy;
  /** Called once when it is closed. */
  readonly onClosed: () => void;
}

/** What a client closes with itself. */
export interface Closeable {
  close(deadlineMs?: number): Promise<void>;
}

/** The default of `close(deadlineMs)`. */
export const CLOSE_MS = 10_000;

/** The milliseconds left until a moment. */
export function left(until: number): number {
  return Math.max(0, until - performance.now());
}
