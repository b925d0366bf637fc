import { loadSync } from '@grpc/proto-loader';
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import {
  AckMessages,
  CreateConsumer,
  EndTransaction,
  type Message,
  ReceiveMessages,
  SendDelayMessage,
  SendMessages,
  StartPosition,
  TransactionResolution,
} from '../../src/protocol.js';
import { Reader } from '../../src/wire.js';
import { PROTO } from './scripted-gateway.js';

// Another implementation of the encoding, fed with the protocol's own definition.
const definitions = loadSync(PROTO, { longs: Number, enums: Number, defaults: true });

interface Codec {
  serialize: (value: object) => Buffer;
  deserialize: (bytes: Buffer) => Record<string, unknown>;
}

function peer(method: string, side: 'request' | 'response'): Codec {
  const service = definitions['rocketmq.RocketMQProxy'] as unknown as Record<string, Record<string, unknown>>;
  const one = service[method]!;
  return {
    serialize: one[`${side}Serialize`] as Codec['serialize'],
    deserialize: one[`${side}Deserialize`] as Codec['deserialize'],
  };
}

test('what is written is read by another implementation as it was', () => {
  const requests: [string, Buffer, Record<string, unknown>][] = [
    [
      'SendDelayMessage',
      SendDelayMessage.encode({
        producerId: 'id',
        messageBody: 'größe ✓ 😀',
        rawBody: undefined,
        tag: '',
        properties: {
          properties: { a: '1', '': 'no name', empty: '' },
          messageKey: 'k',
          startDeliverTime: 2 ** 53 - 1,
        },
        delayTimeLevel: -1,
        startDeliverTime: 1_764_000_000_000,
      }),
      {
        producerId: 'id',
        messageBody: 'größe ✓ 😀',
        delayTimeLevel: -1,
        startDeliverTime: 1_764_000_000_000,
      },
    ],
    [
      'CreateConsumer',
      CreateConsumer.encode({
        topic: 't',
        startPosition: StartPosition.TIMESTAMP,
        startTimestamp: 1,
        ordered: true,
        maxHoldMs: 128,
      }),
      { topic: 't', startPosition: 2, startTimestamp: 1, ordered: true, maxHoldMs: 128, groupId: '' },
    ],
    [
      'SendMessages',
      SendMessages.encode({
        producerId: 'id',
        messages: [{ messageBody: 'a' }, {}, { rawBody: Buffer.from([0, 255, 254]), tag: 'x' }],
      }),
      { producerId: 'id' },
    ],
    [
      'AckMessages',
      AckMessages.encode({ consumerId: 'c', receiptHandles: ['a', '', 'c'] }),
      { receiptHandles: ['a', '', 'c'] },
    ],
    [
      'EndTransaction',
      EndTransaction.encode({ producerId: 'p', transactionId: 't', resolution: TransactionResolution.ROLLBACK }),
      { resolution: 2 },
    ],
  ];
  for (const [method, bytes, expected] of requests) {
    const read = peer(method, 'request').deserialize(bytes);
    for (const [field, value] of Object.entries(expected)) assert.deepEqual(read[field], value, `${method}.${field}`);
  }
  const delayed = peer('SendDelayMessage', 'request').deserialize(requests[0]![1]);
  const properties = delayed['properties'] as Record<string, unknown>;
  assert.deepEqual({ ...(properties['properties'] as object) }, { a: '1', '': 'no name', empty: '' });
  assert.equal(properties['startDeliverTime'], 2 ** 53 - 1);
  const batch = peer('SendMessages', 'request').deserialize(requests[2]![1])['messages'] as Record<string, unknown>[];
  assert.equal(batch.length, 3);
  assert.deepEqual(Buffer.from(batch[2]!['rawBody'] as Buffer), Buffer.from([0, 255, 254]));
});

test('what another implementation writes is read as it was, whatever the numbers', () => {
  const { serialize } = peer('ReceiveMessages', 'response');
  const numbers = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 35 - 1, 2 ** 53 - 1, -1, -(2 ** 40)];
  for (let round = 0; round < 500; round++) {
    const bornTimestamp = numbers[round] ?? randomInt(2 ** 47) * (round % 2 ? 1 : -1);
    const body = 'é'.repeat(randomInt(300));
    const message = {
      messageId: `m${round}`,
      receiptHandle: 'h',
      messageBody: body,
      tag: '',
      properties: { KEYS: 'k', [`n${round}`]: body, ['__proto__']: 'kept' },
      bornTimestamp,
      reconsumeTimes: randomInt(2 ** 31 - 1),
      rawBody: Buffer.from(body),
      contentEncoding: 'gzip',
    };
    const read: Message = ReceiveMessages.decode(serialize(message));
    assert.deepEqual({ ...read, properties: undefined }, { ...message, properties: undefined });
    assert.deepEqual(Object.entries(read.properties).sort(), Object.entries(message.properties).sort());
  }
});

test('fields that are not known are skipped', () => {
  const bytes = Buffer.concat([
    Buffer.from([0xf8, 0x7f, 0x01]), // a number
    Buffer.from([0xf9, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8]), // 64 bits
    Buffer.from([0xfa, 0x7f, 2, 1, 2]), // bytes
    Buffer.from([0xfd, 0x7f, 1, 2, 3, 4]), // 32 bits
    Buffer.from([0x0a, 1, 0x61]), // field 1
  ]);
  assert.equal(ReceiveMessages.decode(bytes).messageId, 'a');
});

test('what is no message is told as such, and ends', () => {
  const whole = peer('ReceiveMessages', 'response').serialize({
    messageId: 'id',
    messageBody: 'body',
    properties: { key: 'value' },
    bornTimestamp: 2 ** 40,
  });
  for (let length = 1; length < whole.length; length++) {
    try {
      ReceiveMessages.decode(whole.subarray(0, length));
    } catch (error) {
      assert.match((error as Error).message, /expected|ends at byte/);
    }
  }
  const wrong: [number[], RegExp][] = [
    [[0x0a, 0x05, 0x61], /length: 5 at byte 2 \(expected: 1 at most\)/],
    [[0x0a], /ends at byte 1/],
    [[0x02, 0x00], /field number: 0/],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], /more than 10 bytes/],
    [[0xfb, 0x7f], /wire type: 3 of field/],
  ];
  for (const [bytes, message] of wrong) assert.throws(() => ReceiveMessages.decode(Buffer.from(bytes)), message);
});

test('messages within messages have an end', () => {
  const deep = (reader: Reader): unknown => {
    reader.tag();
    return reader.message(deep);
  };
  // Each has the next one, and a length that is right.
  let bytes = Buffer.alloc(0);
  for (let i = 0; i < 40; i++) bytes = Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]);
  assert.throws(() => deep(new Reader(bytes)), /more than 16/);
});
