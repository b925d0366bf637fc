import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MQError } from '@sluice/client';
import type { Gateway } from './harness/gateway.js';
import { Pair } from './harness/pair.js';
import { another } from './harness/shared.js';
import { PATIENCE_MS, until } from './harness/waiting.js';

/** What a gateway that was killed held comes again after this, instead of after a minute. */
const SETTINGS = { INVISIBLE_DURATION: '10s' };

/** Gateways come and go under programs that notice nothing. */
export function gatewaysLost(): void {
  describe('gateways that are lost', () => {
    test('of two, one is killed and started again, then the other stopped: nothing is lost, and it goes on', async (t) => {
      const [one, two] = await Promise.all([another(SETTINGS), another(SETTINGS)]);
      await using _one = one;
      await using _two = two;
      await using pair = await Pair.open('lost', { config: { grpcEndpoint: [one.grpc, two.grpc] } });
      await using traffic = Traffic.over(pair);
      await traffic.goesOn();

      const holder = await serving(one, two);
      const killed = Date.now();
      await holder.kill();
      t.diagnostic(`consumption went on ${await traffic.goesOn(killed)} ms after its gateway was killed`);

      await holder.restart();
      const next = await serving(one, two);
      assert.notEqual(next, holder);
      const stopped = Date.now();
      next.terminate();
      t.diagnostic(`consumption went on ${await traffic.goesOn(stopped)} ms after the next one was told to stop`);
      await next.awaitEnd();
      await next.restart();
      await traffic.goesOn();

      const { accepted, uncertain } = await traffic.end();
      const missing = (): string[] => {
        const came = new Set(pair.bodies());
        return [...accepted].filter((body) => !came.has(body));
      };
      await until('every message that was accepted', () => missing().length === 0, { shown: missing });
      t.diagnostic(`${accepted.size} accepted, ${uncertain.size} uncertain, ${pair.received.length} deliveries`);
      for (const body of pair.bodies()) assert.ok(accepted.has(body) || uncertain.has(body), body);
    });

    test('one that knows nothing of its predecessor is told of producer, consumer and checker anew', async () => {
      await using only = await another();
      await using pair = await Pair.open('anew', { config: { grpcEndpoint: only.grpc } });
      await pair.producer.publishMessage('before');
      await pair.deliveries('before');

      await only.kill();
      // Ids that were sealed with another key do not open.
      await only.restart({ CLUSTER_KEY: 'a5'.repeat(32) });
      await until('an accepted message', async () => {
        try {
          await pair.producer.publishMessage('after');
          return true;
        } catch (error) {
          assert.ok(error instanceof MQError && (error.retryable || error.code === 'UNKNOWN_OUTCOME'), String(error));
          return false;
        }
      });

      await pair.deliveries('after');
      await until('its acknowledgement', async () => (await only.acknowledged(pair.topic)) >= 1);
    });
  });
}

/** Which of the two has the consumer's stream. */
async function serving(one: Gateway, two: Gateway): Promise<Gateway> {
  let found: Gateway | undefined;
  await until('a stream at one of them', async () => {
    for (const each of [one, two]) {
      if (((await each.metrics())['active_streams'] ?? 0) > 0) found = each;
    }
    return found !== undefined;
  });
  return found!;
}

/** Sends one message after the other, each named by its number and when it was sent, until it is ended. */
class Traffic implements AsyncDisposable {
  readonly accepted = new Set<string>();
  /** Those of which nobody knows. */
  readonly uncertain = new Set<string>();
  readonly #pair: Pair;
  readonly #done: Promise<void>;
  #ended = false;

  private constructor(pair: Pair) {
    this.#pair = pair;
    this.#done = this.#send();
    this.#done.catch(() => {});
  }

  static over(pair: Pair): Traffic {
    return new Traffic(pair);
  }

  /** Waits for a message that was sent after a point in time, and yields how long after it that came. */
  async goesOn(since = Date.now()): Promise<number> {
    const later = (): boolean => this.#pair.bodies().some((body) => Number(body.split(' ')[1]) > since);
    await until('a message that was sent since', later, {
      timeoutMs: PATIENCE_MS,
      shown: () => JSON.stringify(this.#pair.reported.map(({ error }) => error.message)),
    });
    return Date.now() - since;
  }

  async end(): Promise<this> {
    this.#ended = true;
    await this.#done;
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #send(): Promise<void> {
    for (let i = 0; !this.#ended; i++) {
      const body = `${i} ${Date.now()}`;
      try {
        await this.#pair.producer.publishMessage(body);
        this.accepted.add(body);
      } catch (error) {
        // Where no gateway took it, the next one is sent.
        if (!(error instanceof MQError) || !(error.retryable || error.code === 'UNKNOWN_OUTCOME')) throw error;
        if (error.code === 'UNKNOWN_OUTCOME') this.uncertain.add(body);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
