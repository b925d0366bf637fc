// Sends COUNT messages through the published SDK, one after the other, PAUSE ms apart, and prints
// `accepted BODY` or `refused BODY WHY` for each.
// usage: node send.js GATEWAY ENDPOINT TOPIC COUNT [PREFIX] [PAUSE]
const { MQClient, MessageProperties } = require('@klsakura/rocketmq-grpc-sdk');
const { setTimeout: pause } = require('node:timers/promises');

async function main([gateway, endpoint, topic, count, prefix = 'message', millis = '0']) {
  const client = new MQClient({ endpoint, instanceId: 'end-to-end', grpcEndpoint: gateway });
  const producer = await client.getProducer('end-to-end', topic);
  for (let i = 0; i < Number(count); i++) {
    const body = `${prefix}-${i}`;
    const properties = new MessageProperties().putProperty('number', i).messageKey(`key-${i}`);
    try {
      await producer.publishMessage(body, 'blue', properties);
      console.log(`accepted ${body}`);
    } catch (error) {
      console.log(`refused ${body} ${error.message}`);
    }
    if (millis !== '0') await pause(Number(millis));
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.log(`error ${error.message}`);
    process.exit(1);
  },
);
