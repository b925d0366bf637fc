import { Cancellation } from './cancellation.js';
import { MQError } from './errors.js';
import { left } from './owner.js';
import type { Method } from './protocol.js';
import type { SealedId } from './sealed-id.js';

/** A gateway that does not answer gives everything back when the connection ends, so it is not waited for for long. */
const LONGEST_MS = 2_000;

/**
 * Tells the gateways that knew it that a producer or consumer has ended, as far as there is time and they can be
 * reached.
 */
export async function cleanUp<Q, R>(
  id: SealedId,
  method: Method<Q, R>,
  request: (id: string) => Q,
  until: number,
): Promise<void> {
  const timeout = Math.min(LONGEST_MS, Math.ceil(left(until)));
  if (timeout === 0) return;
  const late = new Cancellation();
  const timer = setTimeout(() => late.cancel(new MQError('CLOSED', 'no answer in time')), timeout);
  await Promise.allSettled(
    id.used.map((endpoint) => endpoint.ask(method, request(id.at(endpoint)), true, timeout, late)),
  );
  clearTimeout(timer);
}
