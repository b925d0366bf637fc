import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Child } from './child.js';
import { freePort, REPOSITORY } from './places.js';

const READY = /^Sluice is ready: gRPC (\S+:\d+), HTTP (\S+:\d+), upstream ([^\s,;]+)/;
/** The first start may have to build. */
const START_MS = 180_000;
const STOP_MS = 60_000;

/** `./sluice serve` as a child process, as users start it, on ports that stay its own over restarts. */
export class Gateway implements AsyncDisposable {
  /** `host:port` of gRPC. */
  readonly grpc: string;
  /** `host:port` of HTTP. */
  readonly http: string;
  /** `host:port` of the name server behind it. */
  readonly upstream: string;

  readonly #settings: Readonly<Record<string, string>>;
  #child: Child;

  private constructor(settings: Readonly<Record<string, string>>, child: Child, ready: RegExpExecArray) {
    this.#settings = settings;
    this.#child = child;
    [, this.grpc, this.http, this.upstream] = ready as unknown as [string, string, string, string];
  }

  /** Starts one with these settings, which are environment variables, and waits until it serves. */
  static async start(settings: Readonly<Record<string, string>>): Promise<Gateway> {
    const all = {
      GRPC_PORT: String(await freePort()),
      METRICS_PORT: String(await freePort()),
      ...settings,
    };
    return new Gateway(all, ...(await serve(all)));
  }

  /** Starts it again where it was, with other settings where some are given; it must have ended. */
  async restart(changed: Readonly<Record<string, string>> = {}): Promise<void> {
    [this.#child] = await serve({ ...this.#settings, ...changed });
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#child.kill();
  }

  /** SIGTERM; resolves at once. */
  terminate(): void {
    this.#child.terminate();
  }

  /** Waits for the orderly end that SIGTERM asks for. */
  async awaitEnd(): Promise<void> {
    const { code } = await this.#child.awaitExit(STOP_MS);
    assert.equal(code, 0, String(this.#child));
    assert.doesNotMatch(String(this.#child), /not cleanly|Still open|LEAK/);
  }

  /** The figures of its JSON metrics. */
  async metrics(): Promise<Record<string, number>> {
    const response = await fetch(`http://${this.http}/metrics`);
    return (await response.json()) as Record<string, number>;
  }

  /** A sample of its Prometheus metrics, by its name and labels as they stand there; 0 where there is none. */
  async sample(series: string): Promise<number> {
    const response = await fetch(`http://${this.http}/metrics/prometheus`);
    const line = (await response.text()).split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
  }

  /** How many messages of a topic were acknowledged through it. */
  async acknowledged(topic: string): Promise<number> {
    return await this.sample(`sluice_topic_messages_acked_total{topic="${topic}"}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}

async function serve(settings: Readonly<Record<string, string>>): Promise<[Child, RegExpExecArray]> {
  const child = await Child.start(join(REPOSITORY, 'sluice'), ['serve'], { cwd: REPOSITORY, env: settings });
  try {
    return [child, await child.awaitLine(READY, START_MS)];
  } catch (error) {
    await child.kill();
    throw error;
  }
}
