import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MQClient } from '@sluice/client';
import { Pair } from './harness/pair.js';
import { unique } from './harness/places.js';
import { Relay } from './harness/relay.js';
import { gateway } from './harness/shared.js';
import { within } from './harness/waiting.js';

const SOON_MS = 5_000;

/** A signal ends whatever waits, with its own reason, and nothing else. */
export function aborting(): void {
  describe('a signal', () => {
    test('that was given before ends a call that has not begun', async () => {
      await using pair = await Pair.open('aborted-before');
      const reason = new Error('not wanted any more');
      const signal = AbortSignal.abort(reason);

      const aborted = { name: 'MQError', code: 'ABORTED', cause: reason };
      await assert.rejects(pair.producer.publishMessage('never', '', null, { signal }), aborted);
      await assert.rejects(pair.client.getProducer('tests', 'never', { signal }), aborted);
      await assert.rejects(pair.client.getConsumer('tests', 'never', 'never', '*', { signal }), aborted);
      await assert.rejects(pair.client.healthCheck({ signal }), aborted);

      await pair.producer.publishMessage('after it');
      await pair.deliveries('after it');
      assert.deepEqual(pair.bodies(), ['after it']);
    });

    test('ends calls that wait for an answer, and those that wait for their turn', async () => {
      await using relay = await Relay.to((await gateway()).grpc);
      const client = new MQClient({ grpcEndpoint: relay.address });
      const producer = await client.getProducer('tests', unique('aborted'));
      relay.silence();
      const control = new AbortController();
      const options = { signal: control.signal };

      const calls = [
        producer.publishMessage('unanswered', '', null, options),
        producer.publishOrderedMessage('first of its key', '', null, 'key', options),
        producer.publishOrderedMessage('second of its key', '', null, 'key', options),
        client.getConsumer('tests', 'any', 'any', '*', options),
      ].map((call) => assert.rejects(call, { name: 'MQError', code: 'ABORTED' }));
      control.abort();

      await within(SOON_MS, 'the ends of the calls', Promise.all(calls));
      await client.close(0);
    });

    test('of a timeout says so', async () => {
      await using relay = await Relay.to((await gateway()).grpc);
      const client = new MQClient({ grpcEndpoint: relay.address });
      relay.silence();

      await assert.rejects(client.getProducer('tests', 'any', { signal: AbortSignal.timeout(100) }), (error: Error) => {
        assert.equal((error.cause as Error).name, 'TimeoutError');
        return true;
      });
      await client.close(0);
    });
  });
}
