import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MessageProperties } from '@sluice/client';
import { Pair } from './harness/pair.js';
import { until } from './harness/waiting.js';

/** Every kind of message arrives as it was sent. */
export function kinds(): void {
  describe('every kind of message', () => {
    test('text, JSON and bytes arrive as they were, with tag, key and properties', async () => {
      await using pair = await Pair.open('bodies');
      const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x80]);
      const properties = new MessageProperties().messageKey('K-1').putProperty('größe', 7);

      const sent = await pair.producer.publishMessage('naïve ✓', 'plain', properties);
      await pair.producer.publishMessage({ order: 7, lines: ['a'] }, 'json');
      await pair.producer.publishMessage(bytes, 'raw');
      await pair.producer.publishMessage(new Uint8Array(Buffer.from('bytes of text')), 'raw');
      await until('four messages', () => pair.received.length === 4);

      const [text, json, raw, textual] = ['naïve ✓', '{"order":7,"lines":["a"]}', '', 'bytes of text'].map((body) => {
        const found = pair.received.find((each) => each.body === body);
        assert.ok(found, `${body} of ${pair.bodies()}`);
        return found;
      });
      assert.equal(text!.messageId, sent.messageId);
      assert.equal(text!.tag, 'plain');
      assert.equal(text!.topic, pair.topic);
      assert.equal(text!.properties['größe'], '7');
      assert.equal(text!.properties['KEYS'], 'K-1');
      assert.equal(text!.reconsumeTimes, 0);
      assert.ok(Math.abs(Date.now() - text!.bornTimestamp) < 60_000, `${text!.bornTimestamp}`);
      assert.deepEqual(json!.json(), { order: 7, lines: ['a'] });
      assert.equal(raw!.isText, false);
      assert.deepEqual(raw!.bytes, bytes);
      assert.equal(textual!.isText, true);
      assert.deepEqual(textual!.bytes, Buffer.from('bytes of text'));
    });

    test('ordered messages that are sent without waiting keep the order of their key', async () => {
      await using pair = await Pair.open('ordered', { consumer: { ordered: true, ack: 'auto' }, handler: () => {} });
      const keys = ['a', 'b', 'c'];
      const numbers = Array.from({ length: 30 }, (_, i) => i);

      await Promise.all(
        numbers.flatMap((i) => keys.map((key) => pair.producer.publishOrderedMessage(`${key}${i}`, '', null, key))),
      );
      await until('all of them', () => pair.received.length >= keys.length * numbers.length);

      for (const key of keys) {
        assert.deepEqual(
          pair.bodies().filter((body) => body.startsWith(key)),
          numbers.map((i) => `${key}${i}`),
        );
      }
    });

    test('delayed messages come when they are due, by time and by level', async () => {
      await using pair = await Pair.open('delayed');
      const cameAt = new Map<string, number>();
      pair.consumer.onMessage(({ body }) => void cameAt.set(body, Date.now()));
      const due = Date.now() + 2_000;

      await pair.producer.publishDelayMessage('by time', '', null, { startDeliverTime: due });
      const levelSent = Date.now();
      await pair.producer.publishDelayMessage('by level', '', null, { delayTimeLevel: 1 });
      await pair.deliveries('by time');
      await pair.deliveries('by level');

      // A broker keeps time by the second at best.
      assert.ok(cameAt.get('by time')! >= due - 1_000, `${cameAt.get('by time')! - due} ms after it was due`);
      assert.ok(
        cameAt.get('by level')! >= levelSent + 500,
        `${cameAt.get('by level')! - levelSent} ms after it was sent`,
      );
    });

    test('a batch has a result for each message, and one that is wrong harms no other', async () => {
      await using pair = await Pair.open('batch');

      const results = await pair.producer.publishMessages([
        { body: 'first', tag: 'batch' },
        { body: '' },
        { body: { third: true } },
        { body: Buffer.from([0xc3]) },
      ]);

      assert.deepEqual(
        results.map(({ ok }) => ok),
        [true, false, true, true],
      );
      const refused = results[1]!;
      assert.ok(!refused.ok && refused.error.code === 'INVALID_ARGUMENT', JSON.stringify(refused));
      await until('three messages', () => pair.received.length === 3);
      assert.deepEqual(pair.bodies().sort(), ['', 'first', '{"third":true}']);
      const ids = results.flatMap((each) => (each.ok ? [each.messageId] : []));
      assert.deepEqual(pair.received.map(({ messageId }) => messageId).sort(), ids.sort());
    });

    test('a consumer is given the tags that it asks for', async () => {
      await using pair = await Pair.open('tags');
      const picked: string[] = [];
      const picky = await pair.client.getConsumer('tests', pair.topic, `${pair.group}-picky`, 'b || c', {
        startFrom: 'earliest',
        ack: 'auto',
      });
      picky.onMessage(({ body }) => void picked.push(body));
      picky.startReceiving();

      for (const tag of ['a', 'b', 'c']) await pair.producer.publishMessage(`of ${tag}`, tag);
      await until('both', () => picked.length >= 2 && pair.received.length >= 3);

      assert.deepEqual(picked.sort(), ['of b', 'of c']);
    });
  });
}
