// Receives through the published SDK until COUNT different messages came and were acknowledged (unless told to
// keep them), and prints `received BODY TAG NUMBER RECONSUMED` for each delivery, `unacknowledged BODY WHY` for
// each that the gateway could not acknowledge. Prints `ready` once it has asked for its stream.
// usage: node receive.js GATEWAY ENDPOINT TOPIC GROUP COUNT [ack|keep]
const { MQClient } = require('@klsakura/rocketmq-grpc-sdk');

async function main([gateway, endpoint, topic, group, count, mode = 'ack']) {
  const client = new MQClient({ endpoint, instanceId: 'end-to-end', grpcEndpoint: gateway });
  const consumer = await client.getConsumer('end-to-end', topic, group, '*');
  const bodies = new Set();
  await new Promise((resolve, reject) => {
    consumer.onMessage(async (message) => {
      const { body, tag, properties, reconsumeTimes } = message;
      console.log(`received ${body} ${tag} ${properties.number} ${reconsumeTimes}`);
      try {
        if (mode === 'ack') await consumer.ackMessage(message.receiptHandle);
        bodies.add(body);
        if (bodies.size === Number(count)) resolve();
      } catch (error) {
        // It comes again.
        console.log(`unacknowledged ${body} ${error.message}`);
      }
    });
    consumer.startReceiving().on('error', reject);
    console.log('ready');
  });
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.log(`error ${error.message}`);
    process.exit(1);
  },
);
