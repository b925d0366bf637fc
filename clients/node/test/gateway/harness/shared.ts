import { randomBytes, randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Gateway } from './gateway.js';
import { scratch, unique } from './places.js';

/**
 * Where the published SDK's examples expect a name server. The shared gateway takes the name for one of the loopback's many
 * addresses, as the port is given and others may run this too.
 */
export const EXAMPLES_EXPECT = {
  host: 'your-rocketmq-instance.rocketmq.volces.com',
  port: 9876,
  address: `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`,
};

/** The secret of gateways that stand for each other. */
const CLUSTER_KEY = randomBytes(32).toString('hex');

interface Shared {
  readonly folder: { path: string } & AsyncDisposable;
  readonly gateway: Gateway;
}

let shared: Promise<Shared> | undefined;

/** The gateway with the broker that all tests share, started with the first that asks; nobody stops it. */
export async function gateway(): Promise<Gateway> {
  shared ??= start();
  return (await shared).gateway;
}

/** Another gateway before the same broker and with the same cluster key; its starter stops it. */
export async function another(settings: Readonly<Record<string, string>> = {}): Promise<Gateway> {
  const { upstream } = await gateway();
  return await Gateway.start({
    UPSTREAM: upstream,
    CLUSTER_KEY,
    DATA_DIR: join((await shared!).folder.path, unique('gateway')),
    ...settings,
  });
}

/** Ends the shared gateway with its broker, which must be orderly. */
export async function end(): Promise<void> {
  if (!shared) return;
  await using _folder = (await shared).folder;
  await using running = (await shared).gateway;
  running.terminate();
  await running.awaitEnd();
}

async function start(): Promise<Shared> {
  const folder = await scratch();
  const hosts = join(folder.path, 'hosts');
  await writeFile(hosts, `${EXAMPLES_EXPECT.address} ${EXAMPLES_EXPECT.host}\n127.0.0.1 localhost\n`);
  const running = await Gateway.start({
    CLUSTER_KEY,
    DATA_DIR: join(folder.path, 'shared'),
    ALLOWED_ENDPOINTS: `${EXAMPLES_EXPECT.host}:${EXAMPLES_EXPECT.port}`,
    SLUICE_JAVA_OPTS: `-Djdk.net.hosts.file=${hosts}`,
  });
  return { folder, gateway: running };
}
