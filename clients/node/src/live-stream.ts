import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { type Backoff, pauseAfter } from './backoff.js';
import type { Calls } from './calls.js';
import { Cancellation } from './cancellation.js';
import type { Endpoint } from './endpoint.js';
import { MQError, type MQErrorCode } from './errors.js';
import { broken, type Failed } from './failures.js';
import type { Method } from './protocol.js';
import type { SealedId } from './sealed-id.js';

/** What a live stream tells of. */
export interface StreamEvents<R> {
  /** It is open, at this gateway: also again, after it broke. */
  opened(endpoint: Endpoint): void;
  received(item: R): void;
  /** It broke, no other gateway took it at once, and it is tried further; told once until it was open again. */
  broke(error: MQError): void;
  /** It has ended for good: as `end` was called, or by a failure that stays. Told once. */
  ended(error: MQError | undefined): void;
}

const PAUSES: Backoff = { initialMs: 100, maxMs: 2_000 };

/** One that was open for so long was worth opening: the pauses begin anew. */
const WORTH_MS = 5_000;

const STAYING: ReadonlySet<MQErrorCode> = new Set([
  'INVALID_ARGUMENT',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'UNSUPPORTED',
]);

/**
 * A stream from whichever gateway works. When it breaks it is opened again: at once where another gateway is usable,
 * else after growing pauses. While it is paused, gRPC's flow control holds back what the gateway has, so that only
 * little is kept here.
 */
export class LiveStream<Q, R> {
  readonly #calls: Calls;
  readonly #id: SealedId;
  readonly #method: Method<Q, R>;
  readonly #request: (id: string) => Q;
  readonly #timeoutMs: number;
  readonly #events: StreamEvents<R>;
  readonly #end = new Cancellation();
  #current: ClientReadableStream<R> | undefined;
  #paused = false;
  #told = false;

  constructor(
    { calls, id, timeoutMs }: { calls: Calls; id: SealedId; timeoutMs: number },
    method: Method<Q, R>,
    request: (id: string) => Q,
    events: StreamEvents<R>,
  ) {
    this.#calls = calls;
    this.#id = id;
    this.#timeoutMs = timeoutMs;
    this.#method = method;
    this.#request = request;
    this.#events = events;
  }

  start(): void {
    void this.#live();
  }

  /** Nothing is received until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#current?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#current?.resume();
  }

  /** Ends it; the gateway takes back what it has sent and is not acknowledged. */
  end(): void {
    this.#end.cancel(new MQError('CLOSED', 'stream: closed (expected: open)'));
  }

  async #live(): Promise<void> {
    for (let failures = 1; ; failures++) {
      const endpoint = this.#calls.order()[0]!;
      const started = performance.now();
      const failed = await this.#once(endpoint);
      if (this.#end.reason) return this.#events.ended(undefined);
      if (STAYING.has(failed.error.code)) return this.#events.ended(failed.error);
      if (failed.faulty) endpoint.failed();
      if (performance.now() - started > WORTH_MS) failures = 1;
      if (failures === 1 && this.#calls.endpoints.some((each) => each !== endpoint && each.usable)) continue;
      if (!this.#told) {
        this.#told = true;
        this.#events.broke(failed.error);
      }
      await this.#end.pause(pauseAfter(failures, PAUSES)).catch(() => {});
    }
  }

  /** Opens it and yields when it has ended, and why. An id that is not known there is made anew, once. */
  async #once(endpoint: Endpoint): Promise<Failed> {
    const known = this.#id.at(endpoint);
    try {
      const failed = await this.#openWith(known, endpoint);
      if (!failed.unknownId || this.#end.reason) return failed;
      return await this.#openWith(await this.#id.renew(endpoint, known, this.#timeoutMs, this.#end), endpoint);
    } catch (error) {
      return asFailed(error);
    }
  }

  async #openWith(id: string, endpoint: Endpoint): Promise<Failed> {
    const stream = await endpoint.open(this.#method, this.#request(id), this.#end);
    this.#current = stream;
    if (this.#paused) stream.pause();
    const off = this.#end.onCancel(() => stream.cancel());
    try {
      return await new Promise<Failed>((resolve) => {
        stream.once('metadata', () => {
          endpoint.worked();
          this.#told = false;
          this.#events.opened(endpoint);
        });
        stream.on('data', (item: R) => {
          // What comes after an end was given back by the gateway.
          if (!this.#end.reason) this.#events.received(item);
        });
        stream.on('error', (failure) => resolve(broken(failure as ServiceError, endpoint, true)));
        stream.on('end', () => resolve(endedByGateway(endpoint)));
        if (this.#paused) stream.pause();
      });
    } finally {
      off();
      this.#current = undefined;
      stream.removeAllListeners('data');
      stream.removeAllListeners('metadata');
    }
  }
}

function asFailed(error: unknown): Failed {
  const failure = error instanceof MQError ? error : new MQError('INTERNAL', String(error), { cause: error });
  return { error: failure, elsewhere: true, faulty: failure.code === 'UNAVAILABLE', unknownId: false };
}

function endedByGateway(endpoint: Endpoint): Failed {
  const error = new MQError('UNAVAILABLE', `${endpoint.address}: ended the stream`, { endpoint: endpoint.address });
  return { error, elsewhere: true, faulty: false, unknownId: false };
}
