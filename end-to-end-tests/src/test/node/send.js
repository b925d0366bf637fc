// Sends COUNT messages through the published SDK and prints a line of JSON for each that was accepted.
// usage: node send.js GATEWAY ENDPOINT TOPIC COUNT [PREFIX]
const { MQClient, MessageProperties } = require('@klsakura/rocketmq-grpc-sdk');

async function main([gateway, endpoint, topic, count, prefix = 'message']) {
  const client = new MQClient({ endpoint, instanceId: 'end-to-end', grpcEndpoint: gateway });
  const producer = await client.getProducer('end-to-end', topic);
  for (let i = 0; i < Number(count); i++) {
    const body = `${prefix}-${i}`;
    const properties = new MessageProperties().putProperty('number', i).messageKey(`key-${i}`);
    const { messageId } = await producer.publishMessage(body, 'blue', properties);
    console.log(JSON.stringify({ accepted: body, messageId }));
  }
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.log(JSON.stringify({ error: error.message }));
    process.exit(1);
  },
);
