// Sends and receives messages of a kilobyte by one client, again and again, and prints what a collection leaves of its heap: first
// after a warm-up, then after 10,000 messages more. Run with --expose-gc.
// usage: node --expose-gc memory.js GATEWAY TOPIC
import { once } from 'node:events';
import { MQClient } from '@sluice/client';

const WARM_UP = 2_000;
const MEASURED = 10_000;
const AT_ONCE = 100;

const [grpcEndpoint, topic] = process.argv.slice(2) as [string, string];
await using client = new MQClient({ grpcEndpoint });
const producer = await client.getProducer('memory', topic);
const consumer = await client.getConsumer('memory', topic, topic, '*', { ack: 'auto', concurrency: 64 });
let received = 0;
let enough = (): void => {};
let wanted = 0;
consumer.onMessage(() => {
  if (++received >= wanted) enough();
});
await once(consumer.startReceiving(), 'open');

async function pass(count: number): Promise<void> {
  wanted = received + count;
  const all = new Promise<void>((resolve) => (enough = resolve));
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => producer.publishMessage(`${sent + i} ${'x'.repeat(1_024)}`)),
    );
  }
  await all;
}

async function heap(): Promise<number> {
  // What ended in this turn is garbage in the next.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc!();
  }
  return process.memoryUsage().heapUsed + process.memoryUsage().external;
}

await pass(WARM_UP);
const before = await heap();
await pass(MEASURED);
const after = await heap();
console.log(JSON.stringify({ received, before, after }));
