import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Child } from './harness/child.js';
import { PACKAGE, REPOSITORY, scratch } from './harness/places.js';
import { Relay } from './harness/relay.js';
import { EXAMPLES_EXPECT, gateway } from './harness/shared.js';
import { PATIENCE_MS, until } from './harness/waiting.js';

const PUBLISHED = join(REPOSITORY, 'end-to-end-tests/src/test/node');
const EXAMPLES = join(PUBLISHED, 'node_modules/@klsakura/rocketmq-grpc-sdk/examples');
const IMPORT = "require('../dist/index')";
const GRPC_PORT = 50051;
const HTTP_PORT = 8080;

/** The published SDK's examples are examples of this package too. */
export function examples(): void {
  describe("the published SDK's examples, with their import changed and nothing else", () => {
    test('run, say that all is well, and end by themselves', async (t) => {
      const { address, port } = EXAMPLES_EXPECT;
      if (!(await isOurs(address))) {
        t.skip(`${address} is no address of this machine`);
        return;
      }
      const running = await gateway();
      await using nameServer = await Relay.to(running.upstream, { host: address, port });
      assert.equal(nameServer.address, `${address}:${port}`);
      await using folder = await scratch();
      await copyChanged(folder.path);
      const example = async (...command: string[]): Promise<Child> =>
        await Child.start(process.execPath, ['--require', join(PUBLISHED, 'redirect.js'), ...command], {
          cwd: folder.path,
          env: { REDIRECT: `${GRPC_PORT}=${running.grpc},${HTTP_PORT}=${running.http}` },
        });

      const check = await said(await example('connection-check.js'));
      assert.match(check, /代理服务状态: 正常/);
      assert.match(check, /消息ID: [0-9A-F]{34}/);
      assert.match(check, /所有连接测试通过/);

      await using consumer = await example('usage-demo.js', 'consumer');
      await consumer.awaitLine(/消费者已启动/, PATIENCE_MS);
      const produced = await said(await example('usage-demo.js', 'producer'));
      assert.equal(produced.match(/发送成功: [0-9A-F]{34}/g)?.length, 5, produced);
      assert.match(produced, /所有消息发送完成/);
      assert.doesNotMatch(produced, /失败/);
      // The two that are not delayed.
      const consumed = (): string => consumer.lines.join('\n');
      await until('both messages', () => (consumed().match(/消息处理完成/g)?.length ?? 0) >= 2, { shown: consumed });
      assert.match(consumed(), /收到消息 \[order\][^]*订单入库完成/);
      assert.match(consumed(), /收到消息 \[order-update\][^]*订单状态更新完成/);
      consumer.interrupt();
      assert.equal((await consumer.awaitExit(PATIENCE_MS)).code, 0, consumed());
      assert.match(consumed(), /正在优雅关闭/);
      assert.doesNotMatch(consumed(), /失败/);

      const performed = await said(await example('performance-check.js'));
      assert.match(performed, /服务状态: 健康/);
      assert.match(performed, /成功发送: 5000 条消息/);
      assert.match(performed, /发送失败: 0 条消息/);
      assert.match(performed, /成功率: 100\.00%/);
      assert.match(performed, /活跃连接: \d+/);
    });
  });
}

/** What a program printed, which must end well. */
async function said(program: Child): Promise<string> {
  await using child = program;
  assert.deepEqual(await child.awaitExit(PATIENCE_MS), { code: 0, signal: null }, String(child));
  return child.lines.join('\n');
}

/** Copies the examples beside this package under its name, and has them import that. */
async function copyChanged(folder: string): Promise<void> {
  await install();
  await mkdir(join(folder, 'node_modules/@sluice'), { recursive: true });
  await symlink(PACKAGE, join(folder, 'node_modules/@sluice/client'), 'dir');
  for (const name of ['connection-check.js', 'usage-demo.js', 'performance-check.js']) {
    const parts = (await readFile(join(EXAMPLES, name), 'utf8')).split(IMPORT);
    assert.equal(parts.length, 2, `imports in ${name}`);
    await writeFile(join(folder, name), parts.join("require('@sluice/client')"));
  }
}

/** Installs the published packages as their lock file says, where that was not done. */
async function install(): Promise<void> {
  const installed = join(PUBLISHED, 'node_modules/.package-lock.json');
  const wanted = join(PUBLISHED, 'package-lock.json');
  if (existsSync(installed) && (await stat(installed)).mtimeMs >= (await stat(wanted)).mtimeMs) return;
  await said(await Child.start('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: PUBLISHED }));
}

async function isOurs(address: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(0, address, () => probe.close(() => resolve(true)));
  });
}
