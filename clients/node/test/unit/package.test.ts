import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ScriptedGateway } from './scripted-gateway.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sluice-client-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

interface Packed {
  filename: string;
  files: { path: string }[];
}

function pack(...options: string[]): Packed {
  const written = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return (JSON.parse(written) as Packed[])[0]!;
}

test('the package has what is built, its README and its licence, and nothing else', () => {
  const paths = pack('--dry-run').files.map(({ path }) => path);
  const beside = paths.filter((path) => !path.startsWith('dist/')).sort();
  assert.deepEqual(beside, ['LICENSE', 'README.md', 'package.json']);
  for (const path of paths.filter((each) => each.startsWith('dist/'))) {
    assert.match(path, /^dist\/(esm\/package\.json|(esm|cjs)\/[\w-]+\.(js|d\.ts))$/);
  }
  for (const format of ['esm', 'cjs']) {
    assert.ok(paths.includes(`dist/${format}/index.js`));
    assert.ok(paths.includes(`dist/${format}/index.d.ts`));
  }
});

test('installing it runs nothing, and needs one package', () => {
  const { scripts, dependencies } = json('package.json');
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'])
    assert.ok(!(script in scripts), script);
  assert.deepEqual(Object.keys(dependencies), ['@grpc/grpc-js']);
});

test('the lock file names the public registry alone', () => {
  const packages = Object.entries(
    json('package-lock.json').packages as Record<string, { resolved?: string; link?: boolean }>,
  );
  assert.ok(packages.length > 5);
  for (const [name, { resolved }] of packages) {
    if (name !== '') assert.match(String(resolved), /^https:\/\/registry\.npmjs\.org\//, name);
  }
});

/** A program that uses the packed package as an installed one; it has to end by itself. */
function run(program: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(process.execPath, program, { cwd: folder, timeout: 60_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}${stderr}`)) : resolve(stdout),
    ),
  );
}

before(() => {
  const packed = pack('--pack-destination', folder);
  execFileSync('tar', ['-xzf', packed.filename], { cwd: folder });
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@sluice'), { recursive: true });
  mkdirSync(join(modules, '@grpc'));
  symlinkSync(join(folder, 'package'), join(modules, '@sluice/client'), 'junction');
  const grpc = dirname(createRequire(join(ROOT, 'package.json')).resolve('@grpc/grpc-js/package.json'));
  symlinkSync(grpc, join(modules, '@grpc/grpc-js'), 'junction');
});

test('what is packed works as ES modules and as CommonJS, and ends by itself once closed', async () => {
  const use = `
    const client = new MQClient({ grpcEndpoint: process.argv.at(-1) });
    const producer = await client.getProducer('i', 't');
    const sent = await producer.publishMessage({ a: 1 }, 't', new MessageProperties().messageKey('k'));
    const consumer = await client.getConsumer('i', 't', 'g');
    consumer.onMessage(() => {});
    await new Promise((resolve) => consumer.startReceiving().on('open', resolve));
    await client.close();
    console.log(sent.messageId.slice(0, 11), sdk.MQClient === MQClient);`;
  const modules = `import sdk, { MQClient, MessageProperties } from '@sluice/client';${use}`;
  const common = `const sdk = require('@sluice/client').default;
    const { MQClient, MessageProperties } = require('@sluice/client');
    (async () => {${use}})();`;
  await withGateway(async ({ address }) => {
    assert.equal(await run(['--input-type=module', '-e', modules, address]), 'SendMessage true\n');
    assert.equal(await run(['-e', common, address]), 'SendMessage true\n');
  });
});

test("the README's first example works as pasted", async () => {
  const [, example] = /## Send\s+```js\n([^]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  assert.ok(example?.includes("'localhost:50051'"), 'there is one');
  await withGateway(async (gateway) => {
    const pasted = example!.replace('localhost:50051', gateway.address);
    assert.match(await run(['--input-type=module', '-e', pasted]), /^SendMessage-\d+\n$/);
    const { request } = gateway.requests.find(({ method }) => method === 'SendMessage')!;
    assert.deepEqual(JSON.parse(request['message_body']), { orderId: 7, amount: 99.5 });
    assert.equal(request['tag'], 'created');
    assert.equal(request['properties'].message_key, 'order-7');
  });
});

async function withGateway(use: (gateway: ScriptedGateway) => Promise<void>): Promise<void> {
  const gateway = await ScriptedGateway.start();
  gateway.onStream((stream) => stream.sendMetadata(stream.metadata.clone()));
  try {
    await use(gateway);
  } finally {
    gateway.stop();
  }
}
