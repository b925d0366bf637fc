// Receives through the published SDK until COUNT different messages came, acknowledges each (unless told
// otherwise), and prints a line of JSON for every delivery. Says {"ready":true} once its stream is open.
// usage: node receive.js GATEWAY ENDPOINT TOPIC GROUP COUNT [ack|keep]
const { MQClient } = require('@klsakura/rocketmq-grpc-sdk');

async function main([gateway, endpoint, topic, group, count, mode = 'ack']) {
  const client = new MQClient({ endpoint, instanceId: 'end-to-end', grpcEndpoint: gateway });
  const consumer = await client.getConsumer('end-to-end', topic, group, '*');
  const bodies = new Set();
  await new Promise((resolve, reject) => {
    consumer.onMessage(async (message) => {
      console.log(
        JSON.stringify({
          received: message.body,
          tag: message.tag,
          number: message.properties.number,
          reconsumeTimes: message.reconsumeTimes,
        }),
      );
      try {
        if (mode === 'ack') await consumer.ackMessage(message.receiptHandle);
        bodies.add(message.body);
        if (bodies.size === Number(count)) resolve();
      } catch (error) {
        reject(error);
      }
    });
    consumer.startReceiving().on('error', reject);
    console.log(JSON.stringify({ ready: true }));
  });
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.log(JSON.stringify({ error: error.message }));
    process.exit(1);
  },
);
