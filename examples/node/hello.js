import { MQClient } from '@sluice/client';

const client = new MQClient({ grpcEndpoint: 'localhost:50051' });
const greeting = `Hello from Node.js, process ${process.pid}`;

const consumer = await client.getConsumer('', 'greetings', 'readers');
const done = new Promise((resolve) => {
  consumer.onMessage(async (message) => {
    console.log(`received: ${message.body}`);
    await message.ack();
    if (message.body === greeting) resolve();
  });
});
consumer.startReceiving();

const producer = await client.getProducer('', 'greetings');
const { messageId } = await producer.publishMessage(greeting, 'hello');
console.log(`sent: ${messageId}`);

await done;
await client.close();
