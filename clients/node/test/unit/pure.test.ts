import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pauseAfter } from '../../src/backoff.js';
import { batches } from '../../src/batch.js';
import { wireBody, wireProperties } from '../../src/body.js';
import { Bounded } from '../../src/bounded.js';
import { Cancellation, onAbort } from '../../src/cancellation.js';
import { MQError } from '../../src/errors.js';
import { Lanes } from '../../src/lanes.js';
import { MessageProperties } from '../../src/properties.js';
import { Work } from '../../src/work.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('pauses double up to their most, and are drawn from the upper half', () => {
  const backoff = { initialMs: 100, maxMs: 1_000 };
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50].map((failures) => pauseAfter(failures, backoff, () => 1)),
    [100, 200, 400, 800, 1_000, 1_000],
  );
  assert.equal(
    pauseAfter(3, backoff, () => 0),
    200,
  );
});

test('text and bytes are sent as they are, the rest as JSON', () => {
  const bytes = (body: unknown) => [...wireBody(body).rawBody!];
  assert.equal(wireBody('text').messageBody, 'text');
  assert.deepEqual(bytes(Buffer.from([1, 2])), [1, 2]);
  assert.deepEqual(bytes(new Uint16Array([258]).subarray(0)), [2, 1]);
  assert.deepEqual(bytes(new Uint8Array([9]).buffer), [9]);
  assert.equal(wireBody({ a: 1 }).messageBody, '{"a":1}');
  assert.equal(wireBody([1]).messageBody, '[1]');
  assert.equal(wireBody(5).messageBody, '5');
  assert.equal(wireBody(null).messageBody, 'null');
});

test('what cannot be sent is named, with what was expected', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  for (const body of [undefined, () => 1, Symbol('s'), circular, 1n]) {
    assert.throws(
      () => wireBody(body),
      (error) =>
        error instanceof MQError && error.code === 'INVALID_ARGUMENT' && /^body: .*\(expected: /.test(error.message),
    );
  }
  assert.throws(
    () => wireProperties({ start_deliver_time: Number.NaN }),
    /start_deliver_time: NaN \(expected: a number\)/,
  );
  assert.throws(() => wireProperties({ message_key: 7 as unknown as string }), /message_key: 7 \(expected: text\)/);
});

test('properties are chained', () => {
  const properties = new MessageProperties()
    .putProperty('n', 1)
    .messageKey('k')
    .shardingKey('s')
    .startDeliverTime(5.9)
    .transCheckImmunityTime(6);
  assert.deepEqual(wireProperties(properties), {
    properties: { n: '1' },
    messageKey: 'k',
    shardingKey: 's',
    startDeliverTime: 5,
    transCheckImmunityTime: 6,
  });
  assert.equal(wireProperties(null), undefined);
});

test('batches are cut where a request would be too long', () => {
  const sizes = (messages: Parameters<typeof batches>[0]) => batches(messages).map((batch) => batch.length);
  assert.deepEqual(sizes([]), []);
  assert.deepEqual(sizes(new Array(2_049).fill({ body: 'x' })), [1_024, 1_024, 1]);
  const large = { body: Buffer.alloc(4 * 1024 * 1024) };
  assert.deepEqual(sizes([large, { body: 'x' }, large, { body: 'y' }]), [2, 2]);
  assert.throws(() => batches([{ body: 'x' }, undefined as never]), /messages: undefined \(expected: an array/);
});

test('what has a key in common goes one after the other, the rest beside it', async () => {
  const lanes = new Lanes();
  const log: string[] = [];
  const ends: (() => void)[] = [];
  const start = (name: string, keys: string[]) =>
    lanes.run(keys, new Cancellation(), async () => {
      log.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
    });
  const all = [start('a1', ['a']), start('a2', ['a']), start('b1', ['b']), start('ab', ['a', 'b']), start('b2', ['b'])];
  await turn();
  assert.deepEqual(log, ['a1', 'b1']);
  ends.shift()!();
  await turn();
  assert.deepEqual(log, ['a1', 'b1', 'a2']);
  for (const end of ends.splice(0)) end();
  await turn();
  assert.deepEqual(log.slice(3), ['ab']);
  ends.shift()!();
  await turn();
  assert.deepEqual(log.slice(4), ['b2']);
  ends.shift()!();
  await Promise.all(all);
  await turn();
  assert.equal(lanes.size, 0);
});

test('a lane goes on after what failed, or was cancelled while it waited', async () => {
  const lanes = new Lanes();
  const cancellation = new Cancellation();
  let end!: () => void;
  const first = lanes.run(['k'], new Cancellation(), async () => {
    await new Promise<void>((resolve) => (end = resolve));
    throw new Error('failed');
  });
  const second = lanes.run(['k'], cancellation, async () => assert.fail('cancelled'));
  const third = lanes.run(['k'], new Cancellation(), async () => 'third');
  await turn();
  cancellation.cancel(new MQError('ABORTED', 'enough'));
  await assert.rejects(second, { code: 'ABORTED' });
  let passed = false;
  void third.then(() => (passed = true));
  await turn();
  assert.equal(passed, false, 'the third waits for the first');
  end();
  await assert.rejects(first, /failed/);
  assert.equal(await third, 'third');
});

test('full and room are told once each, and idleness is waited for', async () => {
  const log: string[] = [];
  const bounded = new Bounded(
    2,
    () => log.push('full'),
    () => log.push('room'),
  );
  const ends: (() => void)[] = [];
  const run = () => bounded.run(() => new Promise<void>((resolve) => ends.push(resolve)));
  void run();
  assert.equal(bounded.full, false);
  void run();
  void run();
  assert.deepEqual(log, ['full']);
  assert.equal(bounded.full, true);
  ends.shift()!();
  await turn();
  assert.deepEqual(log, ['full']);
  ends.shift()!();
  await turn();
  assert.deepEqual(log, ['full', 'room']);
  let idle = false;
  const waiting = bounded.idle(60_000).then(() => (idle = true));
  await turn();
  assert.equal(idle, false);
  ends.shift()!();
  await waiting;
  await bounded.idle(60_000);
});

test('a close waits for what is under way, then cancels it, and accepts nothing', async () => {
  const work = new Work('owner');
  let end!: () => void;
  const quick = work.run(undefined, () => new Promise<string>((resolve) => (end = () => resolve('done'))));
  const slow = work.run(undefined, (cancellation) => cancellation.pause(60_000));
  work.stop();
  const drained = work.drain(20);
  end();
  assert.equal(await quick, 'done');
  await assert.rejects(slow, (error) => error instanceof MQError && error.code === 'CLOSED');
  await drained;
  await assert.rejects(
    work.run(undefined, async () => 1),
    /owner: closed \(expected: open\)/,
  );
});

test('a signal ends the wait with its reason as the cause, before and in the middle', async () => {
  const work = new Work('owner');
  const controller = new AbortController();
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const waiting = work.run({ signal: controller.signal }, (cancellation) => cancellation.pause(60_000));
  assert.equal(timers(), before + 1);
  controller.abort('enough');
  await assert.rejects(waiting, { code: 'ABORTED', cause: 'enough' });
  assert.equal(timers(), before);
  await assert.rejects(
    work.run({ signal: controller.signal }, async () => assert.fail('was begun')),
    { code: 'ABORTED', cause: 'enough' },
  );
  await assert.rejects(
    work.run({ signal: 7 as unknown as AbortSignal }, async () => 1),
    { code: 'INVALID_ARGUMENT' },
  );
});

test('one listener serves all who wait for a signal', () => {
  const controller = new AbortController();
  let listeners = 0;
  const add = controller.signal.addEventListener.bind(controller.signal);
  controller.signal.addEventListener = ((...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  }) as typeof add;
  let called = 0;
  const offs = Array.from({ length: 100 }, () => onAbort(controller.signal, () => called++));
  offs[0]!();
  controller.abort();
  assert.equal(listeners, 1);
  assert.equal(called, 99);
});
