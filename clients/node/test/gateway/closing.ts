import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MQClient } from '@sluice/client';
import { Child } from './harness/child.js';
import { open, Pair } from './harness/pair.js';
import { freePort, program, unique } from './harness/places.js';
import { Relay } from './harness/relay.js';
import { gateway } from './harness/shared.js';
import { PATIENCE_MS, within } from './harness/waiting.js';

/** What was closed leaves nothing behind, here or at the gateway. */
export function closing(): void {
  describe('closing', () => {
    for (const [where, others] of [
      ['one gateway', async () => []],
      ['a gateway and one that is not there', async () => [`127.0.0.1:${await freePort()}`]],
    ] as const) {
      test(`a process ends by itself once its client of ${where} is closed`, async () => {
        const { grpc } = await gateway();

        await using child = await Child.start(process.execPath, [
          program('closes.js'),
          unique('closes'),
          ...(await others()),
          grpc,
        ]);
        await child.awaitLine(/^closed$/, PATIENCE_MS);

        // Long before anything that was forgotten would end: connections are kept for half an hour.
        assert.deepEqual(await child.awaitExit(15_000), { code: 0, signal: null }, String(child));
        assert.deepEqual(child.lines, ['true', 'closed']);
      });
    }

    test('waits for handlers that run and what they acknowledge', async () => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      const running = await gateway();
      const pair = await Pair.open('waited-for', { consumer: { ack: 'auto' }, handler: () => released });
      await pair.producer.publishMessage('under way');
      await pair.deliveries('under way');

      const closed = pair.client.close();
      release();
      await closed;

      assert.equal(await running.acknowledged(pair.topic), 1);
    });

    test('is over at its deadline where a handler is not, and the message comes again', async () => {
      const pair = await Pair.open('stuck', { handler: () => new Promise(() => {}) });
      await pair.producer.publishMessage('stuck');
      await pair.deliveries('stuck');

      await within(10_000, 'the close', pair.client.close(200));

      await using heir = await Pair.open('heir', { topic: pair.topic, group: pair.group });
      await heir.deliveries('stuck');
    });

    test('is over at its deadline where the connection went silent', async () => {
      await using relay = await Relay.to((await gateway()).grpc);
      const pair = await Pair.open('silent-close', { config: { grpcEndpoint: relay.address } });

      relay.silence();

      await within(10_000, 'the close', pair.client.close(200));
    });

    test('of a consumer or a producer ends it alone, with `await using` too', async () => {
      const running = await gateway();
      await using pair = await Pair.open('alone');
      const more = unique('alone');
      {
        await using producer = await pair.client.getProducer('tests', more);
        await using consumer = await pair.client.getConsumer('tests', more, more);
        consumer.onMessage((message) => message.ack());
        await open(consumer.startReceiving());
        await producer.publishMessage('here');
        assert.equal(await running.sample(sent(more)), 1);
      }
      await pair.producer.publishMessage('still here');
      await pair.deliveries('still here');
    });

    test('makes what is used afterwards say why it does not work', async () => {
      const running = await gateway();
      const client = new MQClient({ grpcEndpoint: running.grpc });
      const topic = unique('afterwards');
      const producer = await client.getProducer('tests', topic);
      await client.close();

      await assert.rejects(producer.publishMessage('late'), { name: 'MQError', code: 'CLOSED' });
      await assert.rejects(client.getProducer('tests', topic), { name: 'MQError', code: 'CLOSED' });
    });
  });
}

function sent(topic: string): string {
  return `sluice_topic_messages_sent_total{topic="${topic}"}`;
}
