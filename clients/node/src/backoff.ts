/** The growing, jittered pauses of whoever tries again. */
export interface Backoff {
  /** Milliseconds. */
  readonly initialMs: number;
  /** Milliseconds. */
  readonly maxMs: number;
}

/**
 * The pause after so many failures in succession: drawn evenly between half and all of a time that doubles with each.
 *
 * @param failures 1 or more
 * @param random 0 to 1, as `Math.random` draws it
 */
export function pauseAfter(
  failures: number,
  { initialMs, maxMs }: Backoff,
  random: () => number = Math.random,
): number {
  const whole = Math.min(maxMs, initialMs * 2 ** Math.min(failures - 1, 30));
  return whole / 2 + (random() * whole) / 2;
}
