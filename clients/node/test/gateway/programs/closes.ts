// Uses a client and closes it. What it shows is that it then ends by itself: nothing here ends it.
// usage: node closes.js TOPIC ENDPOINT...
import { once } from 'node:events';
import { MQClient } from '@sluice/client';

const [topic, ...grpcEndpoint] = process.argv.slice(2) as [string, ...string[]];
const client = new MQClient({ grpcEndpoint });
const producer = await client.getProducer('closes', topic);
// Whether a gateway that is not there is tried first is chance.
const onError = (): void => {};
producer.onTransactionCheck(() => 'unknown', { onError });
const consumer = await client.getConsumer('closes', topic, topic);
consumer.onError(onError);
const came = new Promise<void>((resolve) =>
  consumer.onMessage(async (message) => {
    await message.ack();
    resolve();
  }),
);
await once(consumer.startReceiving(), 'open');
await producer.publishMessage('the only one');
await came;
console.log((await client.healthCheck()).healthy);
await Promise.all([client.close(), client.close()]);
await client.close();
console.log('closed');
