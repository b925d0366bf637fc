// A program with the official SDK of RocketMQ 5 that sends delayed messages, one of which it takes back, and in transactions: committed,
// rolled back, and left for its checker to commit. Prints `received BODY` for each that comes, with ` early` where it is not due, and
// `all came` when all have that are to, and ends when it is typed at.
// usage: node official-kinds.js ENDPOINTS DELAYED TRANSACTIONAL GROUP
const { FilterExpression, Producer, SimpleConsumer } = require('rocketmq-client-nodejs');
const { TransactionResolution } = require('rocketmq-client-nodejs/proto/apache/rocketmq/v2/definition_pb');

const [endpoints, delayed, transactional, group] = process.argv.slice(2);
const silent = () => {};
const logger = { info: silent, warn: silent, debug: silent, error: (...what) => console.log('error', ...what) };
// On a busy machine an answer may take its time.
const client = { endpoints, namespace: '', logger, requestTimeout: 20000 };
const EXPECTED = ['late', 'committed', 'checked'];
const seen = new Set();
let due = 0;
let receiving = true;

async function receive(consumer) {
  while (receiving) {
    for (const each of await consumer.receive(16, 10000)) {
      const body = each.body.toString();
      if (!body.startsWith('begin')) {
        console.log(`received ${body}${body === 'late' && Date.now() < due ? ' early' : ''}`);
      }
      seen.add(body);
      await consumer.ack(each);
    }
  }
}

async function until(condition, meanwhile = silent) {
  while (!condition()) {
    await meanwhile();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function main() {
  const checker = { check: async () => TransactionResolution.COMMIT };
  const producer = new Producer({ ...client, topic: [delayed, transactional], checker });
  await producer.startup();
  const at = (body, millis) =>
    producer.send({ topic: delayed, body: Buffer.from(body), deliveryTimestamp: new Date(Date.now() + millis) });
  const begin = async (body) => {
    const transaction = producer.beginTransaction();
    await producer.send({ topic: transactional, body: Buffer.from(body) }, transaction);
    return transaction;
  };
  const all = new FilterExpression('*');
  const consumer = new SimpleConsumer({
    ...client,
    consumerGroup: group,
    subscriptions: new Map([[delayed, all], [transactional, all]]),
    awaitDuration: 1000,
  });
  await consumer.startup();
  const received = receive(consumer);
  // A new group begins with its first receive.
  await until(
    () => seen.has('begin delayed') && seen.has('begin transactional'),
    async () => {
      await at('begin delayed', 100);
      await (await begin('begin transactional')).commit();
    },
  );

  due = Date.now() + 2000;
  await producer.send({ topic: delayed, body: Buffer.from('late'), deliveryTimestamp: new Date(due) });
  const back = await at('taken back', 10000);
  await producer.recallMessage(delayed, back.recallHandle);
  await (await begin('committed')).commit();
  await (await begin('rolled back')).rollback();
  await begin('checked');
  await until(() => EXPECTED.every((body) => seen.has(body)));
  // What was taken back would have come by then.
  await until(() => Date.now() > due + 10000);
  console.log('all came');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  receiving = false;
  await received;
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
