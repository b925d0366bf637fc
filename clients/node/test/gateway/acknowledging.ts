import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Pair } from './harness/pair.js';
import { gateway } from './harness/shared.js';
import { until } from './harness/waiting.js';

/** What is acknowledged is gone, and nothing else is. */
export function acknowledging(): void {
  describe('acknowledging', () => {
    test('by message, by handle and by many handles', async () => {
      await using pair = await Pair.open('by-hand', { handler: () => {} });
      const running = await gateway();

      for (const body of ['one', 'two', 'three', 'four']) await pair.producer.publishMessage(body);
      await until('four messages', () => pair.received.length === 4);
      const [first, second, third, fourth] = pair.received;
      assert.equal(first!.state, 'held');
      assert.equal(await running.acknowledged(pair.topic), 0);
      await first!.ack();
      assert.equal(first!.state, 'acknowledged');
      await pair.consumer.ackMessage(second!.receiptHandle);
      const results = await pair.consumer.ackMessages([third!.receiptHandle, 'no handle', fourth!.receiptHandle]);

      assert.deepEqual(
        results.map(({ ok }) => ok),
        [true, false, true],
      );
      assert.equal(await running.acknowledged(pair.topic), 4);
      await assert.rejects(pair.consumer.ackMessage('no handle'), { name: 'MQError' });
    });

    test('without it a message comes to another consumer once this one is closed', async () => {
      await using pair = await Pair.open('kept', { handler: () => {} });
      await pair.producer.publishMessage('kept');
      await pair.deliveries('kept');

      await pair.consumer.close();
      await using heir = await Pair.open('heir', { topic: pair.topic, group: pair.group });

      const [again] = await heir.deliveries('kept');
      assert.equal(again!.reconsumeTimes, 1);
    });

    test('by itself when the handler is done, where that is asked for', async () => {
      let done = (): void => {};
      const handled = new Promise<void>((resolve) => (done = resolve));
      await using pair = await Pair.open('automatic-ack', { consumer: { ack: 'auto' }, handler: () => handled });
      const running = await gateway();

      await pair.producer.publishMessage('handled');
      await pair.deliveries('handled');
      assert.equal(await running.acknowledged(pair.topic), 0);
      done();

      await until('an acknowledgement', async () => (await running.acknowledged(pair.topic)) === 1);
    });

    test('put off, a message comes again after that', async () => {
      const cameAt: number[] = [];
      await using pair = await Pair.open('put-off', {
        handler: async (message) => {
          cameAt.push(Date.now());
          await (message.reconsumeTimes === 0 ? message.retryLater(3_000) : message.ack());
        },
      });

      await pair.producer.publishMessage('put off');
      const [, again] = await pair.deliveries('put off', 2);

      assert.equal(again!.reconsumeTimes, 1);
      assert.ok(cameAt[1]! - cameAt[0]! >= 2_500, `after ${cameAt[1]! - cameAt[0]!} ms`);
    });
  });
}
