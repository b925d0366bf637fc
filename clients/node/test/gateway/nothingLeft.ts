import { test } from 'node:test';
import { gateway } from './harness/shared.js';
import { until } from './harness/waiting.js';

const LEFT = ['active_connections', 'active_producers', 'active_consumers', 'active_streams'];

/** After all other tests: what they used and closed is gone from the gateway too. */
export function nothingLeft(): void {
  test('in the end the gateway has no connection, session or stream left', async () => {
    const running = await gateway();
    let figures: Record<string, number> = {};
    await until(
      'an idle gateway',
      async () => {
        figures = await running.metrics();
        return LEFT.every((name) => figures[name] === 0);
      },
      { timeoutMs: 20_000, shown: () => JSON.stringify(figures) },
    );
  });
}
