import { setTimeout as pause } from 'node:timers/promises';

/** How long tests wait for what should come soon, on a machine that has other things to do. */
export const PATIENCE_MS = 60_000;

/** Waits for a condition; fails naming it, with what `shown` says, where it does not come true. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = PATIENCE_MS, shown = (): unknown => '' } = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not in ${timeoutMs} ms: ${what} ${String(shown())}`);
    await pause(20);
  }
}

/** Fails where a promise does not settle in time; for calls that are to end by themselves. */
export async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = pause(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`not in ${timeoutMs} ms: ${what}`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
