import { status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type Consumer, type ConsumerOptions, type ErrorContext, MQClient, MQError } from '../../src/index.js';
import { message, ScriptedGateway, until } from './scripted-gateway.js';

let one: ScriptedGateway;
let two: ScriptedGateway;
before(async () => {
  one = await ScriptedGateway.start();
  two = await ScriptedGateway.start();
});
after(() => {
  one.stop();
  two.stop();
});
beforeEach(() => {
  for (const gateway of [one, two]) {
    gateway.requests.length = 0;
    gateway.streams.length = 0;
    gateway.onStream((stream) => stream.sendMetadata(stream.metadata.clone()));
    for (const method of ['CreateConsumer', 'AckMessage', 'AckMessages', 'RetryMessage'])
      gateway.answer(method, () => undefined as never);
  }
});

async function consuming(
  use: (consumer: Consumer, client: MQClient) => Promise<void>,
  options: ConsumerOptions = {},
  addresses = [one.address],
): Promise<void> {
  await using client = new MQClient({ grpcEndpoint: addresses, retry: { initialDelayMs: 1, maxDelayMs: 5 } });
  await use(await client.getConsumer('instance', 'topic', 'group', 'a || b', options), client);
}

const acked = (gateway: ScriptedGateway): string[] =>
  gateway.requests
    .filter(({ method }) => method.startsWith('Ack'))
    .flatMap(({ request }) => request['receipt_handles'] ?? [request['receipt_handle']]);

test('a subscription says what it asks for', async () => {
  const startFrom = new Date(1_700_000_000_000);
  await consuming(async () => {}, { ordered: true, startFrom, maxHoldMs: 5_000 });
  const { request } = one.requests[0]!;
  assert.equal(request['topic'], 'topic');
  assert.equal(request['group_id'], 'group');
  assert.equal(request['tag_expression'], 'a || b');
  assert.equal(request['ordered'], true);
  assert.equal(request['start_position'], 'TIMESTAMP');
  assert.equal(request['start_timestamp'], 1_700_000_000_000);
  assert.equal(request['max_hold_ms'], 5_000);
});

test('no more than the bound is handled at once, however much comes', async () => {
  await consuming(
    async (consumer) => {
      let running = 0;
      let most = 0;
      let handled = 0;
      consumer.onMessage(async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        handled++;
      });
      one.onStream((stream) => {
        for (let i = 0; i < 500; i++) stream.write(message(i));
      });
      consumer.startReceiving();
      await until(() => handled === 500, 'all handled');
      assert.equal(most, 3);
      await until(() => acked(one).length === 500, 'all acknowledged');
      assert.equal(new Set(acked(one)).size, 500);
    },
    { concurrency: 3, ack: 'auto' },
  );
});

test('while handlers are at their bound, the gateway is held back', async () => {
  await consuming(
    async (consumer) => {
      let release!: () => void;
      const released = new Promise<void>((resolve) => (release = resolve));
      let started = 0;
      consumer.onMessage(async () => {
        started++;
        await released;
      });
      let accepted = 0;
      one.onStream((stream) => {
        const body = 'x'.repeat(16 * 1024);
        const more = (): void => {
          while (accepted < 3_000 && stream.write({ ...message(accepted), message_body: body })) accepted++;
        };
        stream.on('drain', more);
        more();
      });
      consumer.startReceiving();
      await until(() => started === 2, 'both handlers');
      // What fits in buffers on the way is bounded, and a small part of the 48 MiB that are there.
      let before = -1;
      for (let quiet = 0; quiet < 20; quiet = accepted === before ? quiet + 1 : 0) {
        before = accepted;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.ok(accepted < 600, `${accepted} of 3000 left the gateway`);
      assert.equal(started, 2);
      release();
      await until(() => started > 1_000, 'it goes on');
    },
    { concurrency: 2 },
  );
});

test('what a handler throws is told, and its message given back', async () => {
  await consuming(
    async (consumer) => {
      const told: [MQError, ErrorContext][] = [];
      consumer.onError((error, context) => told.push([error, context]));
      consumer.onMessage((received) => {
        if (received.messageId === 'M1') throw new Error('thrown');
      });
      consumer.onMessage(async (received) => {
        if (received.messageId === 'M2') throw 'rejected';
        if (received.messageId === 'M3') {
          await received.ack();
          throw new Error('after the acknowledgement');
        }
        if (received.messageId === 'M4') {
          await consumer.ackMessage(received.receiptHandle);
          throw new Error('after that by the handle');
        }
      });
      one.onStream((stream) => [1, 2, 3, 4].forEach((n) => stream.write(message(n))));
      consumer.startReceiving();
      await until(() => told.length === 4, 'all told');
      await consumer.close();
      const delays = one.requests
        .filter(({ method }) => method === 'RetryMessage')
        .map(({ request }) => request['delay_ms']);
      assert.deepEqual(delays, [77, 77]);
      assert.deepEqual(acked(one).sort(), ['H3', 'H4']);
      for (const [error, context] of told) {
        assert.equal(error.code, 'HANDLER_FAILED');
        assert.equal(context.during, 'handler');
      }
      const rejected = told.find(([, context]) => context.message?.messageId === 'M2');
      assert.equal(rejected?.[0].cause, 'rejected');
    },
    { retryDelayMs: () => 76.5 },
  );
});

test('without a listener the console is told', async (t) => {
  const written = t.mock.method(console, 'error', () => {});
  await consuming(async (consumer) => {
    consumer.onMessage(() => Promise.reject(new Error('boom')));
    one.onStream((stream) => stream.write(message(1)));
    consumer.startReceiving();
    await until(() => written.mock.callCount() === 1, 'the console is told');
    assert.match(String(written.mock.calls[0]!.arguments[1]), /handler of message M1: boom/);
  });
});

test('acknowledgements made at once travel together, each with its own result', async () => {
  await consuming(async (consumer) => {
    one.answer('AckMessages', ({ receipt_handles }) => ({
      success: false,
      results: receipt_handles.map((handle: string) =>
        handle === 'H2'
          ? { success: false, failure_code: 'FAILED_PRECONDITION', message: 'expired' }
          : { success: true },
      ),
    }));
    const all = await Promise.allSettled(['H1', 'H2', 'H3'].map((handle) => consumer.ackMessage(handle)));
    assert.deepEqual(
      all.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((all[1] as PromiseRejectedResult).reason.code, 'FAILED_PRECONDITION');
    assert.equal(one.count('AckMessages'), 1);
    assert.equal(one.count('AckMessage'), 0);

    const results = await consumer.ackMessages(['H1', 'H2']);
    assert.deepEqual(
      results.map((result) => [result.receiptHandle, result.ok]),
      [
        ['H1', true],
        ['H2', false],
      ],
    );
    await assert.rejects(consumer.ackMessage(''), { code: 'INVALID_ARGUMENT' });
    await assert.rejects(consumer.retryMessage('H1', 43_200_001), { code: 'INVALID_ARGUMENT' });
  });
});

test('an acknowledgement whose answer is lost is repeated, at another gateway too', async () => {
  await consuming(
    async (consumer) => {
      for (const gateway of [one, two])
        gateway.answer('AckMessage', (_, nth) =>
          nth === 1 ? { status: status.UNAVAILABLE, details: 'Connection dropped' } : (undefined as never),
        );
      await consumer.ackMessage('H1');
      assert.equal(acked(one).length + acked(two).length >= 2, true);
    },
    {},
    [one.address, two.address],
  );
});

test('a stream that breaks is opened again, elsewhere at once, and told of once where nowhere', async () => {
  await consuming(
    async (consumer) => {
      const told: string[] = [];
      const opened: string[] = [];
      const bodies: string[] = [];
      consumer.onError((error, { during }) => told.push(`${during} ${error.code}`));
      consumer.onMessage((received) => bodies.push(received.body));
      const stream = consumer.startReceiving();
      stream.on('open', (endpoint) => opened.push(endpoint));
      await until(() => opened.length === 1, 'the first stream');
      const [first, second] = opened[0] === one.address ? [one, two] : [two, one];
      first!.stop();
      await until(() => opened.length === 2, 'the second stream');
      assert.equal(opened[1], second!.address);
      assert.deepEqual(told, []);
      second!.streams[0]!.write(message(7));
      await until(() => bodies.length === 1, 'a message by it');

      // Now there is none left, for long enough to be tried several times.
      second!.stop();
      await until(() => told.length > 0, 'it is told');
      await new Promise((resolve) => setTimeout(resolve, 700));
      await Promise.all([first!.listen(), second!.listen()]);
      await until(() => opened.length === 3, 'the third stream');
      assert.deepEqual(told, ['stream UNAVAILABLE']);
    },
    {},
    [one.address, two.address],
  );
});

test('a consumer that is not known any more is made anew', async () => {
  await consuming(async (consumer) => {
    let unknown = 1;
    one.onStream((stream) => {
      if (unknown-- > 0) stream.emit('error', { code: status.NOT_FOUND, details: 'consumer_id: not known' });
      else stream.write(message(1));
    });
    let received = 0;
    consumer.onError((error) => assert.fail(error));
    consumer.onMessage(() => received++);
    consumer.startReceiving();
    await until(() => received === 1, 'a message');
    assert.equal(one.count('CreateConsumer'), 2);
  });
});

test('a stream that may not be ends with an error, and is not asked for again', async () => {
  await consuming(async (consumer) => {
    one.onStream((stream) => stream.emit('error', { code: status.PERMISSION_DENIED, details: 'not for you' }));
    const told: string[] = [];
    consumer.onError((error, { during }) => told.push(`${during} ${error.code}`));
    consumer.onMessage(() => {});
    const stream = consumer.startReceiving();
    const ended = new Promise<void>((resolve) => stream.once('end', resolve));
    const error = await new Promise<MQError>((resolve) => stream.once('error', resolve));
    await ended;
    assert.equal(error.code, 'PERMISSION_DENIED');
    assert.deepEqual(told, ['ended PERMISSION_DENIED']);
    assert.equal(one.count('ReceiveMessages'), 1);
    assert.notEqual(consumer.startReceiving(), stream);
  });
});

test('nothing is received before there is a handler, nor after a cancel', async () => {
  await consuming(async (consumer) => {
    const early = consumer.startReceiving();
    assert.equal(consumer.startReceiving(), early);
    assert.equal(one.count('ReceiveMessages'), 0);
    const ended = new Promise<void>((resolve) => early.once('end', resolve));
    early.cancel();
    await ended;

    let received = 0;
    const stream = consumer.startReceiving();
    consumer.onMessage(() => received++);
    await until(() => one.streams.length === 1, 'a stream');
    one.streams[0]!.write(message(1));
    await until(() => received === 1, 'a message');
    const cancelled = new Promise<void>((resolve) => one.streams[0]!.once('cancelled', resolve));
    stream.cancel();
    await cancelled;
  });
});

test('a close waits for handlers and their acknowledgements, and only then ends the stream', async () => {
  await consuming(async (consumer) => {
    let release!: () => void;
    let started = 0;
    consumer.onMessage(async (received) => {
      started++;
      await new Promise<void>((resolve) => (release = resolve));
      await received.ack();
    });
    one.onStream((stream) => stream.write(message(1)));
    consumer.startReceiving();
    await until(() => started === 1, 'the handler');
    const log: string[] = [];
    one.streams[0]!.on('cancelled', () => log.push(`stream ended, acknowledged ${acked(one).length}`));
    const closing = consumer.close().then(() => log.push('closed'));
    one.streams[0]!.write(message(2));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(log.length, 0);
    release();
    await closing;
    await until(() => log.length === 2, 'the stream to end');
    assert.ok(log.includes('stream ended, acknowledged 1'), String(log));
    assert.equal(started, 1);
    assert.equal(one.count('CleanupConsumer'), 1);
    await assert.rejects(consumer.ackMessage('H2'), { code: 'CLOSED' });
    assert.throws(() => consumer.startReceiving(), { code: 'CLOSED' });
  });
});

test('a close is in time when handlers are not', async () => {
  await consuming(async (consumer, client) => {
    let started = 0;
    let release!: () => void;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    consumer.onMessage(() => {
      started++;
      return stuck;
    });
    one.onStream((stream) => stream.write(message(1)));
    consumer.startReceiving();
    await until(() => started === 1, 'the handler');
    const began = Date.now();
    await client.close(100);
    assert.ok(Date.now() - began < 5_000);
    release();
  });
});

test('undecided transactions are asked about, and what the checker says is done', async () => {
  await using client = new MQClient({ grpcEndpoint: one.address });
  const producer = await client.getProducer('instance', 'topic');
  one.onStream((stream) => [1, 2, 3, 4].forEach((n) => stream.write({ transaction_id: `T${n}`, message: message(n) })));
  const told: MQError[] = [];
  const checks = producer.onTransactionCheck(
    async ({ body }) => {
      if (body === 'body 4') throw new Error('no database');
      return ({ 'body 1': 'commit', 'body 2': 'rollback' } as const)[body as 'body 1'] ?? 'unknown';
    },
    { onError: (error) => told.push(error) },
  );
  await until(() => one.count('EndTransaction') === 2 && told.length === 1, 'two decided, one told');
  const ends = one.requests.filter(({ method }) => method === 'EndTransaction').map(({ request }) => request);
  assert.deepEqual(ends.map((end) => `${end['transaction_id']} ${end['resolution']}`).sort(), [
    'T1 COMMIT',
    'T2 ROLLBACK',
  ]);
  assert.equal(told[0]!.code, 'HANDLER_FAILED');
  await checks.close();
  await checks.close();
});
