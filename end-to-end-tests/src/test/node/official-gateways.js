// A program with the official SDK of RocketMQ 5 that is started once and then left alone, while gateways come and go under it. For each
// line typed at it sends 20 messages, `LINE 0` to `LINE 19`, each again until it is told that it was accepted. Prints `begun` when its
// push consumer receives, and `received BODY` for each message that comes.
// usage: node official-gateways.js ENDPOINTS TOPIC GROUP
const { createInterface } = require('node:readline');
const { ConsumeResult, FilterExpression, Producer, PushConsumer } = require('rocketmq-client-nodejs');

const [endpoints, topic, group] = process.argv.slice(2);
const silent = () => {};
const logger = { info: silent, warn: silent, debug: silent, error: silent };
// On a busy machine an answer may take its time.
const client = { endpoints, namespace: '', logger, requestTimeout: 20000 };
const BEGIN = 'begin';
let begun = false;

function consume(message) {
  const body = message.body.toString();
  if (body !== BEGIN) {
    console.log(`received ${body}`);
  } else if (!begun) {
    begun = true;
    console.log('begun');
  }
  return Promise.resolve(ConsumeResult.SUCCESS);
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 200));

async function send(producer, body) {
  for (;;) {
    try {
      await producer.send({ topic, body: Buffer.from(body) });
      return;
    } catch (error) {
      await pause();
    }
  }
}

async function main() {
  const producer = new Producer({ ...client, topic });
  await producer.startup();
  const subscriptions = new Map([[topic, new FilterExpression('*')]]);
  const consumer = new PushConsumer({ ...client, consumerGroup: group, subscriptions, messageListener: { consume } });
  await consumer.startup();
  // A new group begins with its first receive.
  while (!begun) {
    await send(producer, BEGIN);
    await pause();
  }
  for await (const line of createInterface({ input: process.stdin })) {
    for (let i = 0; i < 20; i++) {
      await send(producer, `${line} ${i}`);
    }
  }
}

main().catch((error) => {
  console.log(`error ${error.stack}`);
  process.exit(1);
});
