const { MQClient } = require('@klsakura/rocketmq-grpc-sdk');

async function main() {
  const client = new MQClient({ endpoint: 'default', grpcEndpoint: 'localhost:50051' });

  const consumer = await client.getConsumer('', 'greetings', 'readers-of-before');
  consumer.onMessage(async (message) => {
    console.log(`received: ${message.body}`);
    await consumer.ackMessage(message.receiptHandle);
    process.exit(0);
  });
  consumer.startReceiving();

  const producer = await client.getProducer('', 'greetings');
  const { messageId } = await producer.publishMessage('Hello from Node.js', 'hello');
  console.log(`sent: ${messageId}`);
}

main();
