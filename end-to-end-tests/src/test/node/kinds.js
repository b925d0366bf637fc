// Sends with every publishing method of the published SDK and receives all of it with one consumer, which
// acknowledges. Prints `accepted BODY MESSAGE_ID` for each message sent, `received BODY TAG EARLY` for each
// delivery, where EARLY tells whether it came before it was due, and the ordered ones' bodies in the order received
// as `order KEY BODY BODY ...`.
// usage: node kinds.js GATEWAY TOPIC GROUP
const { MQClient, MessageProperties } = require('@klsakura/rocketmq-grpc-sdk');

const KEYS = ['a', 'b', 'c'];
const PER_KEY = 20;

async function main([gateway, topic, group]) {
  const client = new MQClient({ endpoint: '', instanceId: 'kinds', grpcEndpoint: gateway });
  const health = await client.healthCheck();
  console.log(`health ${health.healthy}`);

  const consumer = await client.getConsumer('kinds', topic, group);
  const producer = await client.getProducer('kinds', topic);
  const due = new Map();
  const missing = new Set();
  const order = new Map(KEYS.map((key) => [key, []]));
  let received;
  const all = new Promise((resolve) => (received = resolve));

  const send = async (body, publish, dueAt = 0) => {
    due.set(body, dueAt);
    missing.add(body);
    const { messageId, receiptHandle, transactionId } = await publish();
    if (!messageId || !receiptHandle) throw new Error(`${body}: no id`);
    if (body === 'transaction' && !transactionId) throw new Error('no transaction id');
    console.log(`accepted ${body} ${messageId}`);
  };

  consumer.onMessage(async (message) => {
    const name = typeof message.body === 'string' && message.body.startsWith('{')
      ? JSON.parse(message.body).name
      : message.body;
    console.log(`received ${name} ${message.tag} ${Date.now() < due.get(name)}`);
    if (message.tag === 'ordered') order.get(message.properties.key).push(name);
    await consumer.ackMessage(message.receiptHandle);
    missing.delete(name);
    if (sent && missing.size === 0) received();
  });
  const stream = consumer.startReceiving();

  let sent = false;
  const properties = () => new MessageProperties().putProperty('source', 'kinds').messageKey('K1');
  await send('text', () => producer.publishMessage('text', 'plain', properties()));
  await send('object', () => producer.publishMessage({ name: 'object', größe: '✓' }, 'plain'));
  await send('bare', () => producer.publishMessage('bare'));
  await send('no-key', () => producer.publishOrderedMessage('no-key', 'loose', properties()));
  for (const [name, options] of [
    ['level', () => ({ delayTimeLevel: 1 })],
    ['time', () => ({ startDeliverTime: Date.now() + 3000 })],
    ['past', () => ({ startDeliverTime: Date.now() - 3000 })],
  ]) {
    const chosen = options();
    const dueAt = chosen.startDeliverTime || Date.now() + 1000;
    await send(name, () => producer.publishDelayMessage(name, 'delayed', properties(), chosen), dueAt);
  }
  await send('transaction', () => producer.publishTransactionMessage('transaction', 'tx', properties()));
  await Promise.all(
    KEYS.map(async (key) => {
      for (let i = 0; i < PER_KEY; i++) {
        const body = `${key}${i}`;
        const own = new MessageProperties().putProperty('key', key);
        await send(body, () => producer.publishOrderedMessage(body, 'ordered', own, key));
      }
    }),
  );
  sent = true;
  if (missing.size > 0) await all;
  for (const [key, bodies] of order) console.log(`order ${key} ${bodies.join(' ')}`);
  stream.cancel();
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.log(`error ${error.message}`);
    process.exit(1);
  },
);
