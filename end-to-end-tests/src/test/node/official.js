// A program with the official SDK of RocketMQ 5. Sends messages 0 to 9 and poison among them, and prints `received BODY ATTEMPT` for
// each that comes; what is poison fails each time. Prints `all came` when each of them came once, and ends when it is typed at.
// usage: node official.js ENDPOINTS TOPIC GROUP simple|push|fifo
const { ConsumeResult, FilterExpression, Producer, PushConsumer, SimpleConsumer } = require('rocketmq-client-nodejs');

const [endpoints, topic, group, kind] = process.argv.slice(2);
const COUNT = 10;
const silent = () => {};
const logger = { info: silent, warn: silent, debug: silent, error: (...what) => console.log('error', ...what) };
// On a busy machine an answer may take its time.
const client = { endpoints, namespace: '', logger, requestTimeout: 20000 };
const seen = new Set();
let begun = false;
let receiving = true;

function take(message) {
  const body = message.body.toString();
  if (body === 'begin') {
    begun = true;
    return true;
  }
  console.log(`received ${body} ${message.deliveryAttempt}`);
  seen.add(body);
  return body !== 'poison';
}

async function receive(consumer) {
  while (receiving) {
    for (const each of await consumer.receive(16, 30000)) {
      if (take(each)) {
        await consumer.ack(each);
      } else {
        await consumer.changeInvisibleDuration(each, 1000);
      }
    }
  }
}

async function consume() {
  const subscriptions = new Map([[topic, new FilterExpression('wanted')]]);
  const options = { ...client, consumerGroup: group, subscriptions };
  if (kind === 'simple') {
    const consumer = new SimpleConsumer({ ...options, awaitDuration: 1000 });
    await consumer.startup();
    return { shutdown: () => consumer.shutdown(), received: receive(consumer) };
  }
  const messageListener = { consume: async (each) => (take(each) ? ConsumeResult.SUCCESS : ConsumeResult.FAILURE) };
  const consumer = new PushConsumer({ ...options, messageListener });
  await consumer.startup();
  return { shutdown: () => consumer.shutdown(), received: Promise.resolve() };
}

const message = (body, tag = 'wanted') => ({
  topic,
  tag,
  messageGroup: kind === 'fifo' ? 'one' : undefined,
  body: Buffer.from(body),
});

async function until(condition, meanwhile = silent) {
  while (!condition()) {
    await meanwhile();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function main() {
  const producer = new Producer({ ...client, topic });
  await producer.startup();
  const consumer = await consume();
  // A new group begins with its first receive.
  await until(() => begun, () => producer.send(message('begin')));
  for (let i = 0; i < COUNT; i++) {
    await producer.send(message(String(i)));
    if (i === COUNT / 2) {
      await producer.send(message('poison'));
    }
  }
  await producer.send(message('unwanted', 'unwanted'));
  await until(() => seen.size > COUNT);
  console.log('all came');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  receiving = false;
  await consumer.received;
  await consumer.shutdown();
  await producer.shutdown();
}

main().then(
  () => process.exit(0),
  (error) => {
    console.log(`error ${error.stack}`);
    process.exit(1);
  },
);
