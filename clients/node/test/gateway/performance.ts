import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Child } from './harness/child.js';
import { freePort, PACKAGE, REPOSITORY, unique } from './harness/places.js';
import { gateway } from './harness/shared.js';
import { PATIENCE_MS } from './harness/waiting.js';

const OK = 0;
const FAILED = 1;
const USAGE = 2;
const UNAVAILABLE = 69;
/** It starts a gateway, and builds where that was not done. */
const START_MS = 180_000;

/** `performance-test.js` tells figures, and whether they are good enough. */
export function performance(): void {
  describe('performance-test.js', { concurrency: true }, () => {
    test('tells rate, latencies, errors and what the gateway says of itself', async () => {
      const { grpc, http } = await gateway();

      const { code, printed } = await run([
        ...['--endpoint', grpc, '--metrics', `http://${http}/metrics`, '--topic', unique('performance')],
        ...['--clients', '5', '--messages', '20', '--warm-up', '7', '--min-rate', '1', '--max-p99', '60000'],
      ]);

      assert.equal(code, OK, printed);
      assert.match(printed, /^5 clients x 20 messages/m);
      assert.match(printed, /^sent +100$/m);
      assert.match(printed, /^failed +0$/m);
      assert.match(printed, /^rate +[\d,]+ messages\/s$/m);
      for (const name of ['p50', 'p90', 'p99', 'max']) assert.match(printed, new RegExp(`^${name} +[\\d.]+ ms$`, 'm'));
      assert.match(printed, /^messages_sent +\d+ +\d+ \+\d+$/m);
    });

    test('is told by flags before the environment, and prints JSON and a table', async () => {
      const { grpc } = await gateway();
      const env = { GRPC_ENDPOINT: grpc, TOPIC: unique('performance'), CLIENTS: '50', MESSAGES: '2' };

      const json = await run(['--clients', '3', '--metrics', '', '--json'], env);
      const table = await run(['--levels', '1,2', '--metrics', '', '--markdown'], env);

      assert.equal(json.code, OK, json.printed);
      const figures = JSON.parse(json.printed) as Record<string, unknown>[];
      assert.deepEqual(
        figures.map(({ clients, sent, failed }) => [clients, sent, failed]),
        [[3, 6, 0]],
      );
      assert.equal(table.code, OK, table.printed);
      assert.equal(table.printed.match(/^\| [12] \|.*\| 0 \|/gm)?.length, 2, table.printed);
    });

    test('fails where a figure is not good enough or a message failed', async () => {
      const { grpc } = await gateway();
      const few = [
        '--endpoint',
        grpc,
        '--topic',
        unique('performance'),
        '--clients',
        '1',
        '--messages',
        '2',
        '--metrics',
        '',
      ];

      for (const [flags, told] of [
        [['--max-p99', '0.001'], /p99: [\d.]+ ms \(expected: at most 0\.001 ms\)/],
        [['--min-rate', '1000000000'], /rate: [\d,]+ messages\/s \(expected: at least 1,000,000,000\)/],
        [['--size', '5000000'], /^ +2 x INVALID_ARGUMENT: .*5000000/m],
      ] as const) {
        const { code, printed } = await run([...few, ...flags]);
        assert.equal(code, FAILED, printed);
        assert.match(printed, told);
      }
    });

    test('makes the table of the load levels', async () => {
      const { upstream } = await gateway();

      await using child = await Child.start(
        join(REPOSITORY, 'benchmarks/node-client'),
        ['--levels', '1,2', '--messages', '5', '--warm-up', '0'],
        { env: { UPSTREAM: upstream } },
      );
      const { code } = await child.awaitExit(START_MS);

      assert.equal(code, OK, String(child));
      assert.equal(String(child).match(/\| [12] \|.*\| 0 \| \d+ \| \d+ \|$/gm)?.length, 2, String(child));
    });

    test('says where there is no gateway, and what flag is wrong', async () => {
      const nobody = `127.0.0.1:${await freePort()}`;
      for (const [flags, expected, told] of [
        [['--endpoint', nobody, '--metrics', ''], UNAVAILABLE, new RegExp(nobody)],
        [['--clients', '0'], USAGE, /--clients: 0 \(expected: /],
        [['--messages', 'many'], USAGE, /--messages: many \(expected: /],
        [['--speed', '1'], USAGE, /--speed/],
      ] as const) {
        const { code, printed } = await run(flags);
        assert.equal(code, expected, printed);
        assert.match(printed, told);
      }
    });
  });
}

async function run(
  flags: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; printed: string }> {
  await using child = await Child.start(process.execPath, [join(PACKAGE, 'performance-test.js'), ...flags], { env });
  const { code } = await child.awaitExit(PATIENCE_MS);
  return { code, printed: child.lines.join('\n') };
}
