import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../../', import.meta.url);

test('the codec is that of the gateway\'s .proto file ("npm run generate" renews it)', async () => {
  const { generate } = (await import(new URL('scripts/generate.mjs', ROOT).href)) as { generate: () => string };
  assert.equal(readFileSync(new URL('src/protocol.ts', ROOT), 'utf8'), generate());
});
