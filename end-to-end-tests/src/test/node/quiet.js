// A client of the published SDK that creates its producer and its consumer once and keeps them for good, and opens
// its stream anew when that ends. For each line on its standard input it sends the line, trying until it is accepted,
// and prints `accepted LINE`. Prints `ready` once it has asked for its first stream, `received BODY` for each delivery
// that it acknowledged, `kept BODY WHY` for each that the gateway did not take an acknowledgement for.
// usage: node quiet.js GATEWAY TOPIC GROUP
const { MQClient } = require('@klsakura/rocketmq-grpc-sdk');
const { setTimeout: pause } = require('node:timers/promises');
const lines = require('node:readline').createInterface({ input: process.stdin });

async function main([gateway, topic, group]) {
  const client = new MQClient({ endpoint: '', grpcEndpoint: gateway });
  const producer = await client.getProducer('quiet', topic);
  const consumer = await client.getConsumer('quiet', topic, group);

  consumer.onMessage(async ({ body, receiptHandle }) => {
    try {
      await consumer.ackMessage(receiptHandle);
      console.log(`received ${body}`);
    } catch (error) {
      console.log(`kept ${body} ${error.message}`);
    }
  });
  // An error is followed by an end.
  const receive = () => consumer.startReceiving().on('end', () => setTimeout(receive, 200));
  receive();
  console.log('ready');

  for await (const line of lines) {
    for (let accepted = false; !accepted; ) {
      try {
        await producer.publishMessage(line);
        accepted = true;
        console.log(`accepted ${line}`);
      } catch (error) {
        console.log(`refused ${line} ${error.message}`);
        await pause(200);
      }
    }
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.log(`error ${error.message}`);
  process.exit(1);
});
