import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Pair } from './harness/pair.js';
import { until } from './harness/waiting.js';

/** A broker looks every ten seconds for transactions that are undecided for six. */
const CHECKED_WITHIN_MS = 90_000;

/** Transactions are decided by whoever is to decide them. */
export function transactions(): void {
  describe('transactions', () => {
    test('an automatic one is delivered once it is stored', async () => {
      await using pair = await Pair.open('automatic');

      const { messageId, transactionId } = await pair.producer.publishTransactionMessage('automatic', 'tx');

      assert.ok(transactionId);
      assert.equal((await pair.deliveries('automatic'))[0]!.messageId, messageId);
    });

    test('a manual one is delivered when it is committed, and not when it is rolled back or disposed of', async () => {
      await using pair = await Pair.open('manual');

      const committed = await pair.producer.beginTransaction('committed');
      const rolledBack = await pair.producer.beginTransaction('rolled back');
      const left = await pair.producer.beginTransaction('disposed of');
      {
        await using _disposed = left;
      }
      assert.equal(left.state, 'rolledBack');
      await pair.producer.publishMessage('sent after them');
      await pair.deliveries('sent after them');
      assert.deepEqual(pair.bodies(), ['sent after them']);
      await rolledBack.rollback();
      await committed.commit();
      await pair.deliveries('committed');
      await pair.producer.publishMessage('last');
      await pair.deliveries('last');

      assert.deepEqual(pair.bodies(), ['sent after them', 'committed', 'last']);
      await assert.rejects(rolledBack.commit(), { name: 'MQError' });
    });

    test('a checker decides what is left undecided, is asked again where it fails, and its failure is told', async () => {
      await using pair = await Pair.open('checked');
      const asked: string[] = [];
      const told: unknown[] = [];
      const failure = new Error('the database is away');
      const checks = pair.producer.onTransactionCheck(
        (message) => {
          asked.push(message.body);
          if (message.body === 'to drop') return 'rollback';
          if (asked.filter((each) => each === message.body).length === 1) throw failure;
          return 'commit';
        },
        { onError: (error) => told.push(error.cause) },
      );

      await pair.producer.beginTransaction('to keep', 'tx', null, { checkAfterSeconds: 1 });
      await pair.producer.beginTransaction('to drop', 'tx', null, { checkAfterSeconds: 1 });
      await pair.deliveries('to keep', 1, CHECKED_WITHIN_MS);
      await until('a question about both', () => asked.includes('to drop'), { timeoutMs: CHECKED_WITHIN_MS });
      await checks.close();

      assert.deepEqual(told, [failure]);
      assert.deepEqual(pair.bodies(), ['to keep']);
    });
  });
}
