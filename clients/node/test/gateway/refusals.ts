import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MQClient, type MQError, type MQConfig, type Producer } from '@sluice/client';
import { configureBroker } from './harness/broker.js';
import { Pair } from './harness/pair.js';
import { freePort, unique } from './harness/places.js';
import { gateway } from './harness/shared.js';
import { until, within } from './harness/waiting.js';

const BODY_LIMIT = 4 << 20;

/** What cannot work is an error with a code, which names the value and what was expected. */
export function refusals(): void {
  describe('what cannot work', () => {
    test('a body that is too large is refused with both sizes, and one that is as large as may be passes', async () => {
      await using pair = await Pair.open('large');

      await assert.rejects(pair.producer.publishMessage('x'.repeat(BODY_LIMIT + 1)), (error: MQError) => {
        assert.equal(error.code, 'INVALID_ARGUMENT');
        assert.match(error.message, /4194305/);
        assert.match(error.message, /4194304|4 MiB/);
        return true;
      });
      await pair.producer.publishMessage(Buffer.alloc(BODY_LIMIT, 'y'));

      assert.equal((await pair.deliveries('y'.repeat(BODY_LIMIT)))[0]!.bytes.length, BODY_LIMIT);
    });

    for (const [what, publish, named] of [
      ['an empty body', (to: Producer) => to.publishMessage(''), /body/],
      [
        'a delay level that there is not',
        (to: Producer) => to.publishDelayMessage('x', '', null, { delayTimeLevel: 19 }),
        /19/,
      ],
      ['no delay', (to: Producer) => to.publishDelayMessage('x', '', null, {}), /delay/i],
      ['a body that is no JSON', (to: Producer) => to.publishMessage({ number: 1n }), /body/i],
    ] as const) {
      test(`${what} is named`, async () => {
        await using client = await connected();
        const producer = await client.getProducer('tests', unique('refused'));

        await assert.rejects(publish(producer), (error: MQError) => {
          assert.equal(error.code, 'INVALID_ARGUMENT');
          assert.match(error.message, named);
          return true;
        });
      });
    }

    test('an endpoint that is none is named before anything is connected', () => {
      for (const [grpcEndpoint, named] of [
        ['localhost', /localhost/],
        ['localhost:70000', /70000/],
        [[], /grpcEndpoint/],
      ] as const) {
        assert.throws(() => new MQClient({ grpcEndpoint }), {
          name: 'MQError',
          code: 'INVALID_ARGUMENT',
          message: named,
        });
      }
    });

    test('a gateway that is not there is named, soon', async () => {
      const grpcEndpoint = `127.0.0.1:${await freePort()}`;
      for (const config of [{ grpcEndpoint }, { grpcEndpoint, retry: { attempts: 1 } }] as MQConfig[]) {
        await using client = new MQClient(config);
        const failed = assert.rejects(client.getProducer('tests', 'any'), (error: MQError) => {
          assert.equal(error.code, 'UNAVAILABLE');
          assert.ok(error.retryable);
          assert.match(error.message, new RegExp(grpcEndpoint));
          return true;
        });
        await within(10_000, 'a failure', failed);
        await within(10_000, 'a failure', assert.rejects(client.healthCheck(), { code: 'UNAVAILABLE' }));
      }
    });

    test('a message system that the gateway may not use is named with the setting that allows it', async () => {
      const { grpc } = await gateway();
      await using client = new MQClient({ grpcEndpoint: grpc, endpoint: '10.1.2.3:9876' });

      await assert.rejects(client.getProducer('tests', 'any'), (error: MQError) => {
        assert.match(error.message, /10\.1\.2\.3:9876/);
        assert.match(error.message, /ALLOWED_ENDPOINTS/);
        assert.ok(['PERMISSION_DENIED', 'INVALID_ARGUMENT', 'FAILED_PRECONDITION'].includes(error.code), error.code);
        return true;
      });
    });

    test('a consumer that asks for something else than the rest of its group is told so', async () => {
      await using pair = await Pair.open('agreed', { consumer: { ordered: true } });
      const told: MQError[] = [];

      const differing = await pair.client.getConsumer('tests', pair.topic, pair.group);
      differing.onError((error) => told.push(error));
      differing.onMessage(() => {});
      differing.startReceiving();

      await until('a word about it', () => told.length > 0);
      assert.equal(told[0]!.code, 'FAILED_PRECONDITION');
      assert.match(told[0]!.message, new RegExp(pair.group));
    });
  });
}

/** After all others, which rely on brokers that make topics. */
export function unknownTopics(): void {
  test('a topic that does not exist, where none is made, is NOT_FOUND and named', async () => {
    const { upstream } = await gateway();
    await configureBroker(upstream, 'autoCreateTopicEnable', 'false');
    await using client = await connected();
    const topic = unique('nowhere');

    const producer = await client.getProducer('tests', topic);

    await assert.rejects(producer.publishMessage('lost'), (error: MQError) => {
      assert.equal(error.code, 'NOT_FOUND');
      assert.match(error.message, new RegExp(topic));
      return true;
    });
  });
}

async function connected(): Promise<MQClient> {
  return new MQClient({ grpcEndpoint: (await gateway()).grpc });
}
