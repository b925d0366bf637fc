import { status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { MessageProperties, type MQConfig, MQClient, MQError, type Producer } from '../../src/index.js';
import { refusal, ScriptedGateway, until } from './scripted-gateway.js';

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
    for (const method of [
      'SendMessage',
      'SendMessages',
      'SendOrderedMessage',
      'CreateProducer',
      'EndTransaction',
      'HealthCheck',
    ])
      gateway.answer(method, () => undefined as never);
  }
});

/** An address that nobody listens at. */
const NOBODY = '127.0.0.1:1';

async function producing(
  grpcEndpoint: MQConfig['grpcEndpoint'],
  use: (producer: Producer, client: MQClient) => Promise<void>,
  config: MQConfig = {},
): Promise<void> {
  await using client = new MQClient({ grpcEndpoint, retry: { initialDelayMs: 1, maxDelayMs: 5 }, ...config });
  await use(await client.getProducer('instance', 'topic'), client);
}

test('what says that nothing was done is repeated, three times in all', async () => {
  await producing(one.address, async (producer) => {
    one.answer('SendMessage', (_, nth) => (nth < 3 ? refusal('OVERLOADED') : (undefined as never)));
    assert.match((await producer.publishMessage('a')).messageId, /^SendMessage-/);
    assert.equal(one.count('SendMessage'), 3);

    one.answer('SendMessage', () => refusal('TIMED_OUT', 'the broker is slow'));
    await assert.rejects(producer.publishMessage('b'), {
      name: 'MQError',
      code: 'TIMED_OUT',
      retryable: true,
      message: 'the broker is slow',
      endpoint: one.address,
    });
    assert.equal(one.count('SendMessage'), 6);

    await assert.rejects(producer.publishMessage('b', '', null, { retry: { attempts: 1 } }), { code: 'TIMED_OUT' });
    assert.equal(one.count('SendMessage'), 7);
  });
});

test('what will stay wrong is not repeated', async () => {
  await producing(one.address, async (producer) => {
    for (const code of ['INVALID_ARGUMENT', 'NOT_FOUND', 'PERMISSION_DENIED', 'FAILED_PRECONDITION', 'UNSUPPORTED']) {
      one.answer('SendMessage', () => refusal(code));
      const earlier = one.count('SendMessage');
      await assert.rejects(producer.publishMessage('a'), { code, retryable: false });
      assert.equal(one.count('SendMessage'), earlier + 1, code);
    }
  });
});

test('an error says who had asked', async () => {
  await producing(one.address, async (producer) => {
    one.answer('SendMessage', () => refusal('NOT_FOUND'));
    async function placeOrder(): Promise<void> {
      await producer.publishMessage('a');
    }
    await assert.rejects(placeOrder(), ({ stack }: Error) => /placeOrder/.test(stack!));
  });
});

test('an unknown outcome is told, and repeated only where that is asked for', async () => {
  await producing([one.address], async (producer) => {
    one.answer('SendMessage', () => refusal('UNKNOWN_OUTCOME'));
    await assert.rejects(producer.publishMessage('a'), { code: 'UNKNOWN_OUTCOME', retryable: false });
    assert.equal(one.count('SendMessage'), 1);

    one.answer('SendMessage', (_, nth) => (nth === 1 ? refusal('UNKNOWN_OUTCOME') : (undefined as never)));
    await producer.publishMessage('b', '', null, { retry: { retryUnknownOutcome: true } });
    assert.equal(one.count('SendMessage'), 3);
  });
});

test('the answer that a broken connection or a deadline took away is an unknown outcome', async () => {
  await producing([one.address, two.address], async (producer) => {
    for (const gateway of [one, two]) gateway.answer('SendMessage', () => 'silence');
    await assert.rejects(producer.publishMessage('a', '', null, { timeoutMs: 50 }), { code: 'UNKNOWN_OUTCOME' });
    assert.equal(one.count('SendMessage') + two.count('SendMessage'), 1);

    const sending = producer.publishMessage('b');
    const failed = assert.rejects(sending, { code: 'UNKNOWN_OUTCOME' });
    await until(() => one.count('SendMessage') + two.count('SendMessage') === 2, 'the second send');
    const asked = one.requests.some(({ request }) => request['message_body'] === 'b') ? one : two;
    asked.stop();
    await failed;
    await asked.listen();
  });
});

test('a gateway that cannot be reached is passed over at once', async () => {
  await producing([NOBODY, one.address], async (producer) => {
    const policy = { retry: { attempts: 1 } };
    for (let i = 0; i < 10; i++) await producer.publishMessage(`${i}`, '', null, policy);
    assert.equal(one.count('SendMessage'), 10);
  });
});

test('where no gateway can be reached, the error names each and why', async () => {
  await using client = new MQClient({ grpcEndpoint: [NOBODY, '127.0.0.1:2'], retry: { attempts: 1 } });
  await assert.rejects(client.getProducer('i', 't'), (error) => {
    assert.ok(error instanceof MQError);
    assert.equal(error.code, 'UNAVAILABLE');
    assert.match(error.message, /127\.0\.0\.1:1: .*ECONNREFUSED/);
    assert.match(error.message, /127\.0\.0\.1:2: .*ECONNREFUSED/);
    return true;
  });
  await assert.rejects(client.healthCheck(), { code: 'UNAVAILABLE' });
});

test('where only one side speaks TLS, the error says so', async () => {
  // Anything else than HTTP/2 is what a gateway with TLS hangs up on.
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const failure = async (config: MQConfig): Promise<string> => {
    await using client = new MQClient({ ...config, retry: { attempts: 1 } });
    return await client.getProducer('i', 't').then(
      () => assert.fail('succeeded'),
      (error: MQError) => error.message,
    );
  };
  const plain = await failure({ grpcEndpoint: `127.0.0.1:${port}` });
  assert.match(plain, /^127\.0\.0\.1:\d+: No connection established\. .*[^.] \(does the gateway ask for TLS\?\)$/);
  const tls = await failure({ grpcEndpoint: one.address.replace('127.0.0.1', 'localhost'), tls: true });
  assert.match(tls, /wrong version number.* \(does the gateway speak TLS\?\)$/);
  server.close();
});

test('one that cannot reach its brokers is left out until its health is good again, and another asked at once', async () => {
  await producing([one.address, two.address], async (producer) => {
    one.answer('SendMessage', () => refusal('UNAVAILABLE'));
    one.answer('HealthCheck', () => ({ healthy: false, message: 'no broker' }));
    for (let i = 0; i < 20; i++) await producer.publishMessage('x', '', null, { retry: { attempts: 1 } });
    assert.equal(two.count('SendMessage'), 20);
    assert.equal(one.count('SendMessage'), 1);

    one.answer('SendMessage', () => undefined as never);
    one.answer('HealthCheck', () => ({ healthy: true, message: '' }));
    const sent = () => one.count('SendMessage');
    for (const end = Date.now() + 60_000; sent() === 1 && Date.now() < end;) await producer.publishMessage('y');
    assert.ok(sent() > 1, 'it is asked again');
  });
});

test('sends go round the gateways', async () => {
  await producing([one.address, two.address], async (producer) => {
    for (let i = 0; i < 10; i++) await producer.publishMessage(`${i}`);
    assert.equal(one.count('SendMessage'), 5);
    assert.equal(two.count('SendMessage'), 5);
  });
});

test('an id that a gateway does not know is made anew there, once for all who ask', async () => {
  await producing([one.address], async (producer) => {
    const { requests } = one;
    const first = requests.find(({ method }) => method === 'CreateProducer');
    assert.ok(first);
    let valid = '';
    one.answer('CreateProducer', () => ({ success: true, producer_id: (valid = 'renewed') }));
    one.answer('SendMessage', ({ producer_id }) =>
      producer_id === valid
        ? (undefined as never)
        : { status: status.NOT_FOUND, details: `producer_id: ${producer_id}` },
    );
    await Promise.all(['a', 'b', 'c'].map((body) => producer.publishMessage(body)));
    assert.equal(one.count('CreateProducer'), 2);
    await producer.publishMessage('d');
    assert.equal(one.count('CreateProducer'), 2);
    const last = requests.findLast(({ method }) => method === 'CreateProducer');
    assert.deepEqual(last!.request, first.request);

    valid = 'nothing is';
    one.answer('CreateProducer', () => ({ success: true, producer_id: 'again unknown' }));
    await assert.rejects(producer.publishMessage('e'), { code: 'NOT_FOUND' });
  });
});

test('ordered sends of a key go one after the other, so that what is repeated is not overtaken', async () => {
  await producing([one.address, two.address], async (producer) => {
    const stored: { key: string; number: number }[] = [];
    const refused = new Set<string>();
    for (const gateway of [one, two]) {
      gateway.answer('SendOrderedMessage', ({ message_body, sharding_key }) => {
        if (Number(message_body) % 5 === 0 && !refused.has(message_body)) {
          refused.add(message_body);
          return refusal('OVERLOADED');
        }
        stored.push({ key: sharding_key, number: Number(message_body) });
        return undefined as never;
      });
    }
    const send = (i: number) => producer.publishOrderedMessage(`${i}`, '', null, i % 2 ? 'odd' : 'even');
    await Promise.all(Array.from({ length: 20 }, (_, i) => send(i)));
    for (const key of ['odd', 'even']) {
      const numbers = stored.filter((each) => each.key === key).map(({ number }) => number);
      assert.equal(numbers.length, 10);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      );
    }
  });
});

test('making a producer may be done twice, so that its outcome is never unknown', async () => {
  one.answer('CreateProducer', (_, nth) => (nth === 1 ? refusal('UNKNOWN_OUTCOME') : (undefined as never)));
  await producing([one.address], async (producer) => {
    await producer.publishMessage('a');
    assert.equal(one.count('CreateProducer'), 2);
  });
});

test('an API key travels with each call, and a new one from the next call on', async () => {
  let key = 'first';
  await producing(
    [one.address],
    async (producer) => {
      key = 'second';
      await producer.publishMessage('a');
      const keys = one.requests.map(({ method, authorization }) => `${method} ${authorization}`);
      assert.deepEqual(keys, ['CreateProducer Bearer first', 'SendMessage Bearer second']);
    },
    { apiKey: () => key },
  );
});

test('an abort ends the wait at once and for that call alone', async () => {
  await producing([one.address], async (producer, client) => {
    one.answer('SendMessage', () => 'silence');
    const controller = new AbortController();
    const aborted = producer.publishMessage('a', '', null, { signal: controller.signal });
    let otherEnded = false;
    const failed = assert.rejects(
      producer.publishMessage('b').finally(() => (otherEnded = true)),
      { code: 'CLOSED' },
    );
    await until(() => one.count('SendMessage') === 2, 'both sends');
    controller.abort(new Error('enough'));
    await assert.rejects(aborted, { code: 'ABORTED', cause: new Error('enough') });
    assert.equal(otherEnded, false);
    await client.close(0);
    await failed;
  });
});

test('each message of a batch has its own result, and only what failed for a while is repeated', async () => {
  await producing([one.address], async (producer) => {
    const results = [
      { success: true, message_id: 'A' },
      { success: false, failure_code: 'OVERLOADED', message: 'later' },
      { success: false, failure_code: 'INVALID_ARGUMENT', message: 'wrong' },
      { success: false, failure_code: 'OVERLOADED', message: 'others of its key may have passed' },
    ];
    one.answer('SendMessages', (_, nth) => (nth === 1 ? { success: false, results } : (undefined as never)));
    const keyed = new MessageProperties().shardingKey('k');
    const outcome = await producer.publishMessages([
      { body: 'a' },
      { body: 'b' },
      { body: 'c' },
      { body: 'd', properties: keyed },
    ]);
    assert.deepEqual(
      outcome.map((each) => (each.ok ? each.messageId.replace(/\d+-/, '') : each.error.code)),
      ['A', 'SendMessages-0', 'INVALID_ARGUMENT', 'OVERLOADED'],
    );
    const bodies = one.requests
      .filter(({ method }) => method === 'SendMessages')
      .map(({ request }) => request['messages'].map((each: { message_body: string }) => each.message_body));
    assert.deepEqual(bodies, [['a', 'b', 'c', 'd'], ['b']]);

    one.answer('SendMessages', () => ({ success: false, failure_code: 'PERMISSION_DENIED', message: 'no' }));
    const refused = await producer.publishMessages([{ body: 'a' }, { body: 'b' }]);
    assert.deepEqual(
      refused.map((each) => !each.ok && each.error.code),
      ['PERMISSION_DENIED', 'PERMISSION_DENIED'],
    );
    assert.deepEqual(await producer.publishMessages([]), []);
  });
});

test('a transaction is decided once', async () => {
  await producing([one.address], async (producer) => {
    const ends = () =>
      one.requests.filter(({ method }) => method === 'EndTransaction').map(({ request }) => request['resolution']);
    const committed = await producer.beginTransaction('a');
    await committed.commit();
    await committed.commit();
    assert.equal(committed.state, 'committed');
    await assert.rejects(committed.rollback(), { code: 'FAILED_PRECONDITION' });
    assert.deepEqual(ends(), ['COMMIT']);
    {
      await using dropped = await producer.beginTransaction('b');
      assert.equal(dropped.state, 'undecided');
    }
    assert.deepEqual(ends(), ['COMMIT', 'ROLLBACK']);

    one.answer('EndTransaction', () => refusal('UNKNOWN_OUTCOME'));
    const lost = await producer.beginTransaction('c');
    await assert.rejects(lost.commit({ timeoutMs: 1_000 }), { code: 'UNKNOWN_OUTCOME' });
    assert.equal(lost.state, 'unknown');
    await assert.rejects(lost.commit(), { code: 'FAILED_PRECONDITION' });
    assert.equal(ends().length, 3);
    const modes = one.requests
      .filter(({ method }) => method === 'SendTransactionMessage')
      .map(({ request }) => request['mode']);
    assert.deepEqual(modes, ['MANUAL', 'MANUAL', 'MANUAL']);
  });
});

test('a close waits for sends, cancels what is late, and refuses what comes after', async () => {
  await producing([one.address], async (producer, client) => {
    one.answer('SendMessage', ({ message_body }) => (message_body === 'slow' ? 'silence' : (undefined as never)));
    const slow = assert.rejects(producer.publishMessage('slow'), { code: 'CLOSED' });
    const quick = producer.publishMessage('quick');
    const closing = client.close(300);
    assert.equal((await quick).messageId !== '', true);
    await slow;
    await closing;
    await client.close();
    await producer.close();
    await assert.rejects(producer.publishMessage('x'), { code: 'CLOSED' });
    await assert.rejects(client.getProducer('i', 't'), { code: 'CLOSED' });
  });
});
