import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  connectivityState,
  Metadata,
} from '@grpc/grpc-js';
import { type Backoff, pauseAfter } from './backoff.js';
import { Cancellation } from './cancellation.js';
import { MQError } from './errors.js';
import { broken, type Failed } from './failures.js';
import { HealthCheck, type Method } from './protocol.js';

/** How an endpoint is connected to. */
export interface EndpointSettings {
  readonly credentials: ChannelCredentials;
  /** Whether these are TLS's. */
  readonly tls: boolean;
  readonly channel: ChannelOptions;
  readonly connectTimeoutMs: number;
  /** The API key, asked for with each call. */
  readonly apiKey: (() => string) | undefined;
}

/** What became of a call: an answer, or how it broke. */
export type Outcome<R> = { readonly response: R } | { readonly failed: Failed };

/** How long one that failed is left out. */
const LEFT_OUT: Backoff = { initialMs: 200, maxMs: 5_000 };

const PROBE_TIMEOUT_MS = 2_000;

/**
 * One gateway: its connection, and whether it is worth asking. One that failed is left out until it answers a health
 * check, which is tried with growing pauses that do not keep the process alive.
 */
export class Endpoint {
  readonly address: string;
  readonly #settings: EndpointSettings;
  readonly #client: Client;
  #connecting: Promise<'connected' | 'refused' | 'silent'> | undefined;
  #failures = 0;
  #probe: NodeJS.Timeout | undefined;
  #leftOut = false;
  #closed = false;

  /** Connects with the first call. @param address `host:port` */
  constructor(address: string, settings: EndpointSettings) {
    this.address = address;
    this.#settings = settings;
    this.#client = new Client(address, settings.credentials, settings.channel);
  }

  /** Whether it is spoken to by TLS. */
  get tls(): boolean {
    return this.#settings.tls;
  }

  /** Whether it is not left out. */
  get usable(): boolean {
    return !this.#leftOut;
  }

  /** It has done what it was asked. */
  worked(): void {
    this.#failures = 0;
    this.#leftOut = false;
    clearTimeout(this.#probe);
  }

  /** It could not be reached, or could not do what it was asked. */
  failed(): void {
    // Many calls that fail together are one failure.
    if (this.#leftOut || this.#closed) return;
    this.#failures++;
    this.#leftOut = true;
    this.#probeLater();
  }

  /**
   * Asks once.
   *
   * @throws the cancellation's reason, or an `MQError` for an API key that cannot be sent
   */
  async ask<Q, R>(
    method: Method<Q, R>,
    request: Q,
    idempotent: boolean,
    timeoutMs: number,
    cancellation: Cancellation,
  ): Promise<Outcome<R>> {
    cancellation.throwIfCancelled();
    const metadata = this.#metadata();
    const bytes = method.encode(request);
    if (this.#client.getChannel().getConnectivityState(true) !== connectivityState.READY) {
      if ((await cancellation.race(this.#connect())) === 'silent') return { failed: this.#silent() };
    }
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        method.path,
        asItIs,
        method.decode,
        bytes,
        metadata,
        { deadline: Date.now() + timeoutMs },
        (failure, response) => {
          off();
          if (failure === null) resolve({ response: response! });
          else if (cancellation.reason) reject(cancellation.reason);
          else resolve({ failed: broken(failure, this, idempotent) });
        },
      );
      const off = cancellation.onCancel(() => call.cancel());
    });
  }

  /**
   * Opens a stream, which ends with an `error` or `end` event like any of gRPC's.
   *
   * @throws the cancellation's reason; an `MQError` where there is no connection in time
   */
  async open<Q, R>(method: Method<Q, R>, request: Q, cancellation: Cancellation): Promise<ClientReadableStream<R>> {
    const metadata = this.#metadata();
    if ((await cancellation.race(this.#connect())) === 'silent') throw this.#silent().error;
    return this.#client.makeServerStreamRequest(method.path, method.encode, method.decode, request, metadata);
  }

  /** Ends its connection. Calls under way should have ended before. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#probe);
    this.#client.close();
  }

  /** One attempt, shared by all who wait for it. What was refused says why when it is called. */
  #connect(): Promise<'connected' | 'refused' | 'silent'> {
    this.#connecting ??= new Promise<'connected' | 'refused' | 'silent'>((resolve) => {
      const channel = this.#client.getChannel();
      const deadline = Date.now() + this.#settings.connectTimeoutMs;
      const look = (late?: Error): void => {
        const state = channel.getConnectivityState(true);
        if (state === connectivityState.READY) resolve('connected');
        else if (state === connectivityState.TRANSIENT_FAILURE || state === connectivityState.SHUTDOWN)
          resolve('refused');
        else if (late) resolve('silent');
        else channel.watchConnectivityState(state, deadline, look);
      };
      look();
    }).finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  #silent(): Failed {
    const message = `${this.address}: no connection within ${this.#settings.connectTimeoutMs} ms`;
    const error = new MQError('UNAVAILABLE', message, { endpoint: this.address });
    return { error, elsewhere: true, faulty: true, unknownId: false };
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    const key = this.#settings.apiKey?.();
    if (key === undefined) return metadata;
    // What gRPC says of a key that it cannot send would quote it.
    if (typeof key !== 'string' || !/^[\x21-\x7e]+$/.test(key)) {
      throw new MQError(
        'INVALID_ARGUMENT',
        'apiKey: a value that cannot be a header (expected: visible ASCII characters)',
      );
    }
    metadata.set('authorization', `Bearer ${key}`);
    return metadata;
  }

  #probeLater(): void {
    clearTimeout(this.#probe);
    this.#probe = setTimeout(() => void this.#lookAgain(), pauseAfter(Math.max(1, this.#failures), LEFT_OUT));
    this.#probe.unref();
  }

  async #lookAgain(): Promise<void> {
    const healthy = await this.#isHealthy();
    if (this.#closed || !this.#leftOut) return;
    if (healthy) {
      this.#leftOut = false;
      return;
    }
    this.#failures++;
    this.#probeLater();
  }

  async #isHealthy(): Promise<boolean> {
    try {
      const outcome = await this.ask(HealthCheck, {}, true, PROBE_TIMEOUT_MS, new Cancellation());
      return 'response' in outcome ? outcome.response.healthy : !outcome.failed.faulty;
    } catch {
      // An API key that cannot be sent is told to those who call, and is nothing that waiting helps.
      return true;
    }
  }
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
