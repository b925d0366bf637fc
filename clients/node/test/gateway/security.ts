import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { MQClient, MQError, type MQConfig } from '@sluice/client';
import { guarded, type Guarded } from './harness/guarded.js';
import { Pair } from './harness/pair.js';
import { gateway } from './harness/shared.js';
import { PATIENCE_MS, within } from './harness/waiting.js';

/** One try, and time for its reason to come. */
const ONCE: MQConfig = { retry: { attempts: 1 }, connection: { connectTimeoutMs: 60_000 } };

/** TLS and API keys are right, or refused with a reason. */
export function security(): void {
  describe('TLS and API keys', () => {
    let it: Guarded;
    before(async () => {
      it = await guarded();
    });
    after(async () => {
      await it[Symbol.asyncDispose]();
    });
    const config = (changed: MQConfig): MQConfig => ({
      grpcEndpoint: it.gateway.grpc,
      tls: { ca: it.ca },
      apiKey: it.apiKey,
      ...changed,
    });

    test('with the right ones messages pass', async () => {
      await using pair = await Pair.open('secure', { config: config({ apiKey: () => it.apiKey }) });

      await pair.producer.publishMessage('sealed');

      await pair.deliveries('sealed');
    });

    test('a wrong key and none are refused as such, at once, and the key is shown nowhere', async () => {
      const wrong = 'a-key-that-nobody-has-made';
      for (const apiKey of [wrong, undefined]) {
        const error = await refused(config({ apiKey }));
        assert.equal(error.code, 'UNAUTHENTICATED');
        assert.equal(error.endpoint, it.gateway.grpc);
        assert.match(error.message, /API key/);
        assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), new RegExp(wrong));
      }
      await using client = new MQClient(config({ apiKey: wrong, accessKeySecret: 'another-secret' }));
      assert.doesNotMatch(inspect(client, { depth: 10, showHidden: true }), new RegExp(`${wrong}|another-secret`));
    });

    for (const [what, changed, said] of [
      ['a certificate that somebody else signed', { tls: 'other' }, /certificate/i],
      ['a certificate for another name', { tls: 'name' }, /certificate|altnames/i],
      ['plain text where TLS is asked for', { tls: 'none' }, /TLS|plain/i],
    ] as const) {
      test(`${what} is told as what it is`, async () => {
        const tls = {
          other: { ca: it.otherCa },
          name: { ca: it.ca, serverName: 'elsewhere.example' },
          none: undefined,
        }[changed.tls];

        const error = await refused(config({ tls, ...ONCE }));

        assert.equal(error.code, 'UNAVAILABLE');
        assert.match(error.message, said);
        assert.match(error.message, new RegExp(it.gateway.grpc));
      });
    }

    test('TLS where the gateway speaks plain text is told as what it is', async () => {
      const { grpc } = await gateway();

      const error = await refused({ grpcEndpoint: grpc, tls: true, ...ONCE });

      assert.equal(error.code, 'UNAVAILABLE');
      assert.match(error.message, /TLS|SSL/i);
    });
  });
}

/** What making a producer fails with. */
async function refused(config: MQConfig): Promise<MQError> {
  await using client = new MQClient(config);
  const error: unknown = await within(
    PATIENCE_MS,
    'a refusal',
    client.getProducer('tests', 'refused').then(
      () => assert.fail('this was not refused'),
      (reason: unknown) => reason,
    ),
  );
  assert.ok(error instanceof MQError, inspect(error));
  return error;
}
