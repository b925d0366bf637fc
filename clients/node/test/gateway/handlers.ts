import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MQError } from '@sluice/client';
import { Pair } from './harness/pair.js';
import { gateway } from './harness/shared.js';
import { until } from './harness/waiting.js';

/** Handlers that fail lose nothing, and slow ones hold up nobody else. */
export function handlers(): void {
  describe('handlers', () => {
    for (const ack of ['manual', 'auto'] as const) {
      for (const [how, fail] of [
        [
          'throws',
          (error: Error) => {
            throw error;
          },
        ],
        ['rejects', (error: Error) => Promise.reject(error)],
      ] as const) {
        test(`one that ${how} is reported, and its message comes again (${ack} acknowledgement)`, async () => {
          const failure = new Error('cannot handle this');
          await using pair = await Pair.open(`${how}-${ack}`, {
            consumer: { ack, retryDelayMs: 0 },
            handler: (message) => (message.reconsumeTimes === 0 ? fail(failure) : message.ack()),
          });

          await pair.producer.publishMessage('handled twice');
          const [, again] = await pair.deliveries('handled twice', 2);

          assert.equal(again!.reconsumeTimes, 1);
          assert.equal(pair.reported.length, 1, `${pair.reported.map(({ error }) => error)}`);
          const { error, context } = pair.reported[0]!;
          assert.ok(error instanceof MQError);
          assert.equal(error.code, 'HANDLER_FAILED');
          assert.equal(error.cause, failure);
          assert.equal(context.during, 'handler');
          assert.equal(context.message?.body, 'handled twice');
          await until('its acknowledgement', async () => (await (await gateway()).acknowledged(pair.topic)) === 1);
        });
      }
    }

    test('one that throws after it acknowledged is reported, and its message does not come again', async () => {
      await using pair = await Pair.open('too-late', {
        consumer: { retryDelayMs: 0 },
        handler: async (message) => {
          if (message.body === 'acknowledged' || message.reconsumeTimes > 0) await message.ack();
          throw new Error('too late');
        },
      });

      await pair.producer.publishMessage('acknowledged');
      await pair.deliveries('acknowledged');
      await pair.producer.publishMessage('not acknowledged');
      // By then the first would be here again too.
      await pair.deliveries('not acknowledged', 2);

      assert.equal((await pair.deliveries('acknowledged')).length, 1);
      await until('three reports', () => pair.reported.length === 3);
    });

    test('without a listener their failures are written to the console', async (t) => {
      await using pair = await Pair.open('unheard');
      const written = t.mock.method(console, 'error', () => {});
      const unheard = await pair.client.getConsumer('tests', pair.topic, `${pair.group}-unheard`, '*', {
        startFrom: 'earliest',
      });
      const failure = new Error(`nobody listens for ${pair.topic}`);
      unheard.onMessage(async (message) => {
        await message.ack();
        throw failure;
      });
      unheard.startReceiving();

      await pair.producer.publishMessage('unheard');

      const about = (): boolean =>
        written.mock.calls.some(({ arguments: all }) =>
          all.some((each) => each instanceof MQError && each.cause === failure),
        );
      await until('a line about it', about);
    });

    test('a slow one holds up nobody else, and no more run at once than were asked for', async () => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      let running = 0;
      let most = 0;
      await using pair = await Pair.open('slow', {
        consumer: { concurrency: 4 },
        handler: async (message) => {
          most = Math.max(most, ++running);
          if (message.body.startsWith('slow')) await released;
          await message.ack();
          running--;
        },
      });

      for (let i = 0; i < 3; i++) await pair.producer.publishMessage(`slow ${i}`);
      await until('three slow ones', () => running === 3);
      const quick = Array.from({ length: 50 }, (_, i) => `quick ${i}`);
      await Promise.all(quick.map((body) => pair.producer.publishMessage(body)));
      await until('the quick ones', () => pair.received.length === 53);

      // With a fourth slow one nothing goes on until one of them is done.
      await pair.producer.publishMessage('slow 3');
      await until('four slow ones', () => running === 4);
      await pair.producer.publishMessage('after them');
      await until('its arrival', async () => (await (await gateway()).sample(received(pair.topic))) >= 55);
      assert.ok(!pair.bodies().includes('after them'));
      release();
      await pair.deliveries('after them');
      await until('all handlers', () => running === 0);
      assert.equal(most, 4);
    });
  });
}

function received(topic: string): string {
  return `sluice_topic_messages_received_total{topic="${topic}"}`;
}
