import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Child } from './harness/child.js';
import { program, unique } from './harness/places.js';
import { gateway } from './harness/shared.js';
import { PATIENCE_MS } from './harness/waiting.js';

/** A third of what 10,000 messages of a kilobyte would take if they were kept. */
const GROWTH = 4 << 20;

/** Messages that were handled are not kept. */
export function memory(): void {
  describe('memory', () => {
    test('does not grow with 10,000 messages', async (t) => {
      const { grpc } = await gateway();

      await using child = await Child.start(process.execPath, [
        '--expose-gc',
        program('memory.js'),
        grpc,
        unique('memory'),
      ]);
      const [line] = await child.awaitLine(/^\{.*\}$/, PATIENCE_MS);
      assert.deepEqual(await child.awaitExit(PATIENCE_MS), { code: 0, signal: null }, String(child));

      const { received, before, after } = JSON.parse(line) as Record<'received' | 'before' | 'after', number>;
      t.diagnostic(`${before} bytes before and ${after} bytes after 10,000 messages`);
      assert.ok(received >= 12_000, line);
      assert.ok(after - before < GROWTH, `${after - before} bytes more (expected: less than ${GROWTH})`);
    });
  });
}
