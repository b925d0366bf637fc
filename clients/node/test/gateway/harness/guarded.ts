import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Child } from './child.js';
import type { Gateway } from './gateway.js';
import { REPOSITORY, scratch } from './places.js';
import { another } from './shared.js';

const COMMAND_MS = 180_000;

/** A gateway with TLS that asks for an API key, and what callers need. */
export interface Guarded extends AsyncDisposable {
  readonly gateway: Gateway;
  /** Who signed its certificate, which is for 127.0.0.1. */
  readonly ca: string;
  /** Somebody else. */
  readonly otherCa: string;
  /** What it takes. */
  readonly apiKey: string;
}

export async function guarded(): Promise<Guarded> {
  const folder = await scratch();
  const file = (name: string): string => join(folder.path, name);
  await authority(file('ca'));
  await authority(file('other'));
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'],
    ...['-subj', '/CN=gateway', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-CA', file('ca.crt'), '-CAkey', file('ca.key')],
    ...['-keyout', file('gateway.key'), '-out', file('gateway.crt')],
  ]);
  const entry = await run(join(REPOSITORY, 'sluice'), [
    'key',
    'create',
    '--name',
    'tests',
    '--key-file',
    file('api.key'),
  ]);
  await writeFile(file('api-keys.yaml'), entry, { mode: 0o600 });
  const gateway = await another({
    TLS_CERT: file('gateway.crt'),
    TLS_KEY: file('gateway.key'),
    API_KEYS_FILE: file('api-keys.yaml'),
  });
  return {
    gateway,
    ca: await readFile(file('ca.crt'), 'utf8'),
    otherCa: await readFile(file('other.crt'), 'utf8'),
    apiKey: (await readFile(file('api.key'), 'utf8')).trim(),
    [Symbol.asyncDispose]: async () => {
      await using _folder = folder;
      await using _gateway = gateway;
    },
  };
}

async function authority(name: string): Promise<void> {
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'],
    ...['-subj', `/CN=${basename(name)}`, '-keyout', `${name}.key`, '-out', `${name}.crt`],
  ]);
}

async function run(command: string, args: readonly string[]): Promise<string> {
  await using child = await Child.start(command, args, { cwd: REPOSITORY });
  const exit = await child.awaitExit(COMMAND_MS);
  assert.equal(exit.code, 0, String(child));
  return `${child.lines.join('\n')}\n`;
}
