import { loadPackageDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';

/** The protocol's definition, which the client's own codec is compared with. */
export const PROTO = fileURLToPath(
  new URL('../../../../../gateway/proto/src/main/protobuf/rocketmq.proto', import.meta.url),
);

const SERVICE = (
  loadPackageDefinition(loadSync(PROTO, { keepCase: true, longs: Number, enums: String, defaults: true }))[
    'rocketmq'
  ] as unknown as { RocketMQProxy: { service: Parameters<Server['addService']>[0] } }
).RocketMQProxy.service;

type Request = Record<string, any>;
type Reply = Record<string, unknown> | { status: status; details: string } | 'silence';
type Stream = ServerWritableStream<Request, Record<string, unknown>>;

/**
 * Answers as a test says, where no real gateway fails on demand: what an overloaded gateway says, one whose connection breaks before the
 * answer, one that knows no ids.
 */
export class ScriptedGateway {
  /** The requests of each method, as they came. */
  readonly requests: { method: string; request: Request; authorization: unknown }[] = [];
  readonly streams: Stream[] = [];
  readonly #scripts = new Map<string, (request: Request, nth: number) => Reply>();
  #server = new Server();
  #port = 0;
  #ids = 0;
  #onStream: (stream: Stream) => void = () => {};

  static async start(): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway();
    await gateway.listen();
    return gateway;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.requests.filter((each) => each.method === method).length;
  }

  /** Answers a method so from now on; `nth` counts from 1. Anything else succeeds. */
  answer(method: string, reply: (request: Request, nth: number) => Reply): void {
    const before = this.count(method);
    this.#scripts.set(method, (request, nth) => reply(request, nth - before));
  }

  onStream(open: (stream: Stream) => void): void {
    this.#onStream = open;
  }

  /** Listens, again where it did before. */
  async listen(): Promise<void> {
    this.#server = new Server();
    const names = Object.keys(SERVICE).filter((name) => /^[A-Z]/.test(name));
    const handlers = names.map((name) => {
      const streams = SERVICE[name]!.responseStream;
      return [name, streams ? (stream: Stream) => this.#stream(name, stream) : this.#unary(name)] as const;
    });
    this.#server.addService(SERVICE, Object.fromEntries(handlers));
    this.#port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync(`127.0.0.1:${this.#port}`, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  /** Cuts all connections and listens no more. */
  stop(): void {
    this.#server.forceShutdown();
  }

  #stream(method: string, stream: Stream): void {
    this.#note(method, stream.request, stream.metadata.get('authorization'));
    this.streams.push(stream);
    stream.on('error', () => {});
    this.#onStream(stream);
  }

  #unary(method: string) {
    return (call: ServerUnaryCall<Request, unknown>, callback: sendUnaryData<unknown>): void => {
      this.#note(method, call.request, call.metadata.get('authorization'));
      const reply =
        this.#scripts.get(method)?.(call.request, this.count(method)) ?? this.#success(method, call.request);
      if (reply === 'silence') return;
      if ('status' in reply) callback({ code: reply.status as status, details: String(reply['details']) });
      else callback(null, reply);
    };
  }

  #note(method: string, request: Request, [authorization]: unknown[]): void {
    this.requests.push({ method, request, authorization });
  }

  #success(method: string, request: Request): Record<string, unknown> {
    const id = `${method}-${++this.#ids}`;
    const results = (request['messages'] ?? request['receipt_handles'] ?? []) as unknown[];
    return {
      success: true,
      healthy: true,
      message: 'fine',
      producer_id: id,
      consumer_id: id,
      message_id: id,
      receipt_handle: id,
      transaction_id: id,
      results: results.map((_, index) => ({ success: true, message_id: `${id}-${index}` })),
    };
  }
}

/** A refusal with a code of the protocol's. */
export function refusal(failure_code: string, message = `scripted ${failure_code}`): Reply {
  return { success: false, message, failure_code };
}

/** What a stream of a consumer's carries. */
export function message(number: number): Record<string, unknown> {
  return {
    message_id: `M${number}`,
    receipt_handle: `H${number}`,
    message_body: `body ${number}`,
    tag: 't',
    properties: { n: String(number) },
    born_timestamp: 1_700_000_000_000 + number,
    reconsume_times: 0,
  };
}

/** Waits until something holds; fails after a minute. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
