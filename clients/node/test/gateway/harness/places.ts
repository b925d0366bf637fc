import { randomInt, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these tests are in. */
export const REPOSITORY = above((folder) => existsSync(join(folder, 'sluice')) && existsSync(join(folder, 'pom.xml')));

/** The package that these tests are of. */
export const PACKAGE = join(REPOSITORY, 'clients/node');

function above(isIt: (folder: string) => boolean): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (isIt(folder)) return folder;
    if (folder === dirname(folder)) throw new Error('these tests run in a checkout of Sluice');
  }
}

/** The file of a program beside the tests, as it was compiled. */
export function program(name: string): string {
  return fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
}

/** A name for a topic or a group that nobody else has. */
export function unique(name: string): string {
  return `${name}-${randomUUID()}`;
}

/** A folder that is gone when the test is. */
export async function scratch(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-node-'));
  return {
    path,
    // What ended a moment ago may still have files to write.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/**
 * A free port of the loopback below those that the system gives to outgoing connections: one of these might get it while the
 * server that it is for is down.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
