import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type MQConfig, MQClient, MQError } from '../../src/index.js';
import { settingsOf } from '../../src/settings.js';

test('gateways are given as one, a list or an array', () => {
  const addresses = (grpcEndpoint: MQConfig['grpcEndpoint']) => settingsOf({ grpcEndpoint }).addresses;
  assert.deepEqual(addresses(undefined), ['localhost:50051']);
  assert.deepEqual(addresses('a:1'), ['a:1']);
  assert.deepEqual(addresses('a:1, b:2,a:1'), ['a:1', 'b:2']);
  assert.deepEqual(addresses(['a:1', '[::1]:2']), ['a:1', '[::1]:2']);
});

test('what is wrong is named, with what was expected', () => {
  const wrong: [unknown, RegExp][] = [
    [undefined, /^config: undefined \(expected: an object\)/],
    [{ grpcEndpoint: 'gateway' }, /^grpcEndpoint: gateway \(expected: host:port/],
    [{ grpcEndpoint: 'gateway:99999' }, /^grpcEndpoint: gateway:99999 \(expected: /],
    [{ grpcEndpoint: 'http://gateway:1' }, /^grpcEndpoint: http:/],
    [{ grpcEndpoint: [] }, /^grpcEndpoint: a value of type Array \(expected: /],
    [{ grpcEndpoint: ['a:1', 7] }, /^grpcEndpoint: 7 \(expected: /],
    [{ timeoutMs: 0 }, /^timeoutMs: 0 \(expected: a whole number from 1 to 3600000\)/],
    [{ retry: { attempts: 0.5 } }, /^retry.attempts: 0.5 \(expected: /],
    [{ connection: { keepaliveMs: 1_000 } }, /^connection.keepaliveMs: 1000 \(expected: a whole number from 6000/],
    [{ tls: 'yes' }, /^tls: yes \(expected: true, false or/],
    [{ tls: { cert: '-----BEGIN CERTIFICATE-----' } }, /^tls: a cert without a key \(expected: both or none\)/],
    [{ tls: { ca: 'ca.pem' } }, /^tls.ca: something else than PEM/],
    [{ tls: { ca: '-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----' } }, /^tls: /],
    [{ accessKeyId: 1 }, /^accessKeyId: 1 \(expected: text\)/],
  ];
  for (const [config, message] of wrong) {
    assert.throws(
      () => new MQClient(config as MQConfig),
      (error) => error instanceof MQError && error.code === 'INVALID_ARGUMENT' && message.test(error.message),
      String(message),
    );
  }
});

test('no secret is shown by an error or by inspecting', async () => {
  const secret = 'hush-hush';
  const key = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`;
  const cert = '-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----';
  const shown: unknown[] = [];
  const attempts: MQConfig[] = [
    { tls: { cert, key } },
    { tls: { key: secret, cert } },
    { accessKeySecret: { secret } as unknown as string },
  ];
  for (const config of attempts) {
    try {
      shown.push(new MQClient(config));
    } catch (error) {
      shown.push(error);
    }
  }
  await using client = new MQClient({
    grpcEndpoint: '127.0.0.1:1',
    accessKeySecret: secret,
    apiKey: `${secret}\n`,
  });
  shown.push(client);
  shown.push(await client.getProducer('i', 't').catch((error: unknown) => error));
  await using other = new MQClient({ grpcEndpoint: '127.0.0.1:1', accessKeySecret: secret, apiKey: secret });
  shown.push(other, await other.getProducer('i', 't').catch((error: unknown) => error));
  assert.equal(shown.length, 7);
  for (const each of shown) {
    const text = inspect(each, { depth: 20, showHidden: true }) + String(each) + ((each as Error).stack ?? '');
    assert.ok(!text.includes(secret), text);
  }
});
