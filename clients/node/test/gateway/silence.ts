import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { MQClient } from '@sluice/client';
import { Pair } from './harness/pair.js';
import { Relay } from './harness/relay.js';
import { gateway } from './harness/shared.js';
import { until, within } from './harness/waiting.js';

const CONNECTION = { keepaliveMs: 6_000, keepaliveTimeoutMs: 500, connectTimeoutMs: 1_000 };

/** Connections that carry nothing any more, and that nobody closes. */
export function silence(): void {
  describe('a connection that went silent', () => {
    test('is given up, and its consumer goes on by another one', async (t) => {
      await using relay = await Relay.to((await gateway()).grpc);
      await using pair = await Pair.open('silent', { config: { grpcEndpoint: relay.address, connection: CONNECTION } });
      await using other = new MQClient({ grpcEndpoint: (await gateway()).grpc });
      const sender = await other.getProducer('tests', pair.topic);
      await pair.producer.publishMessage('before');
      await pair.deliveries('before');

      relay.silence();
      relay.pass();
      const silentSince = Date.now();
      const sent: string[] = [];
      await until('a message', async () => {
        const body = `after ${sent.length}`;
        await sender.publishMessage(body);
        sent.push(body);
        await pause(100);
        return pair.received.length > 1;
      });
      t.diagnostic(`messages came ${Date.now() - silentSince} ms after the connection had gone silent`);

      // What was sent into the silence comes when the gateway knows of it too.
      relay.cut();
      const missing = (): string[] => sent.filter((body) => !pair.bodies().includes(body));
      await until('all of them', () => missing().length === 0, { shown: missing });
      await pair.producer.publishMessage('by itself');
      await pair.deliveries('by itself');
    });

    test('ends a send with an outcome that is unknown, in the time that the send has', async () => {
      await using relay = await Relay.to((await gateway()).grpc);
      await using pair = await Pair.open('unanswered', { config: { grpcEndpoint: relay.address } });

      relay.silence();
      const sent = pair.producer.publishMessage('unanswered', '', null, { timeoutMs: 300 });

      // Long before a connection that is silent counts as lost.
      await within(
        10_000,
        'the end of the send',
        assert.rejects(sent, { name: 'MQError', code: 'UNKNOWN_OUTCOME', endpoint: relay.address }),
      );
    });

    test('is left for another gateway where there is one', async () => {
      const { grpc } = await gateway();
      await using relay = await Relay.to(grpc);
      relay.silence();
      await using pair = await Pair.open('two-ways', {
        config: {
          grpcEndpoint: [relay.address, grpc],
          connection: CONNECTION,
          timeoutMs: 5_000,
          retry: { attempts: 10 },
        },
      });

      await pair.producer.publishMessage('by the other', '', null, { retry: { retryUnknownOutcome: true } });

      await pair.deliveries('by the other');
    });
  });
}
