// A program with the official SDK of RocketMQ 5, with credentials or without. Sends one message and, where that is allowed, receives
// it; prints `sent`, `received`, or `refused CODE` where it is not.
// usage: node users.js ENDPOINTS TOPIC GROUP [ACCESS_KEY SECRET]
const { FilterExpression, Producer, SimpleConsumer } = require('rocketmq-client-nodejs');

const [endpoints, topic, group, accessKey, accessSecret] = process.argv.slice(2);
const silent = () => {};
const logger = { info: silent, warn: silent, debug: silent, error: silent };
const sessionCredentials = accessKey ? { accessKey, accessSecret } : undefined;
// On a busy machine an answer may take its time.
const client = { endpoints, namespace: '', logger, sessionCredentials, requestTimeout: 20000 };

async function main() {
  const producer = new Producer({ ...client, topic });
  await producer.startup();
  const subscriptions = new Map([[topic, new FilterExpression('*')]]);
  const consumer = new SimpleConsumer({ ...client, consumerGroup: group, subscriptions, awaitDuration: 1000 });
  await consumer.startup();
  let messages = [];
  // A new group begins with its first receive.
  while (messages.length === 0) {
    await producer.send({ topic, body: Buffer.from('from node') });
    console.log('sent');
    messages = await consumer.receive(1, 10000);
  }
  await consumer.ack(messages[0]);
  console.log(`received ${messages[0].body}`);
  await consumer.shutdown();
  await producer.shutdown();
}

main().then(
  () => process.exit(0),
  (error) => {
    let cause = error;
    while (cause.code === undefined && cause.cause) {
      cause = cause.cause;
    }
    console.log(`refused ${cause.code ?? error.stack}`);
    process.exit(0);
  },
);
