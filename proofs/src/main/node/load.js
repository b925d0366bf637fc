// Sends through the published SDK as its own performance check does: CLIENTS clients with a connection and a producer
// each, every one of which sends its next message when the last is answered. Prints one line of JSON: messages per
// second, latencies in milliseconds, failures.
// usage: NODE_PATH=<node_modules> node load.js GATEWAY TOPIC CLIENTS WARM_UP_SECONDS MEASURED_SECONDS
const { MQClient, MessageProperties } = require('@klsakura/rocketmq-grpc-sdk');

async function main([gateway, topic, clients, warmUp, measured]) {
  const producers = await Promise.all(
    Array.from({ length: Number(clients) }, () =>
      new MQClient({ endpoint: 'default', instanceId: 'load', grpcEndpoint: gateway }).getProducer('load', topic),
    ),
  );
  const begin = performance.now() + warmUp * 1000;
  const end = begin + measured * 1000;
  const latencies = [];
  let failed = 0;
  let failure = '';
  await Promise.all(
    producers.map(async (producer, client) => {
      for (let message = 0; performance.now() < end; message++) {
        const properties = new MessageProperties()
          .putProperty('clientId', `${client}`)
          .putProperty('messageIndex', `${message}`)
          .messageKey(`client-${client}-msg-${message}`);
        const body = JSON.stringify({ client, message, timestamp: Date.now(), testData: 'A'.repeat(100) });
        const sent = performance.now();
        try {
          await producer.publishMessage(body, 'load', properties);
          if (sent >= begin && performance.now() < end) latencies.push(performance.now() - sent);
        } catch (error) {
          failed++;
          failure ||= error.message;
        }
      }
    }),
  );
  latencies.sort((a, b) => a - b);
  const at = (part) => Number((latencies[Math.floor(latencies.length * part)] ?? 0).toFixed(2));
  const average = latencies.reduce((sum, each) => sum + each, 0) / Math.max(1, latencies.length);
  console.log(
    JSON.stringify({
      clients: Number(clients),
      perSecond: Math.round(latencies.length / measured),
      average: Number(average.toFixed(2)),
      p50: at(0.5),
      p99: at(0.99),
      failed,
      failure,
    }),
  );
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
