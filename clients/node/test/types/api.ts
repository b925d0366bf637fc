// Compiled, not run: what the types allow, and what they do not.
import sdk, {
  type AckResult,
  type BatchResult,
  type Consumer,
  type ErrorContext,
  type Health,
  type Message,
  MessageProperties,
  type MessageStream,
  type MQConfig,
  MQClient,
  MQError,
  type MQErrorCode,
  type Producer,
  type SendResult,
  type Transaction,
  type TransactionResult,
} from '@sluice/client';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

// Programs of @klsakura/rocketmq-grpc-sdk.
const config: MQConfig = {
  endpoint: 'http://name-server:9876',
  accessKeyId: 'id',
  accessKeySecret: 'secret',
  instanceId: 'instance',
  grpcEndpoint: 'localhost:50051',
};
export async function published(): Promise<void> {
  const client = new sdk.MQClient(config);
  const producer: Producer = await client.getProducer('instance', 'topic');
  const properties = new MessageProperties().messageKey('k').putProperty('n', 1).shardingKey('s').startDeliverTime(1);
  const result: SendResult = await producer.publishMessage({ a: 1 }, 'tag', properties);
  await producer.publishOrderedMessage('text', 'tag', null, 'key');
  await producer.publishDelayMessage('text', 'tag', undefined, { delayTimeLevel: 3 });
  const transaction: TransactionResult = await producer.publishTransactionMessage('text', 'tag', properties, 5);
  same<typeof transaction.transactionId, string>(true);
  same<typeof result.messageId, string>(true);
  const consumer: Consumer = await client.getConsumer('instance', 'topic', 'group', '*');
  consumer.onMessage(async (message) => {
    same<typeof message.bornTimestamp, number>(true);
    same<typeof message.properties, Record<string, string>>(true);
    await consumer.ackMessage(message.receiptHandle);
  });
  const stream: MessageStream = consumer.startReceiving();
  stream.cancel();
  const health: Health = await client.healthCheck();
  same<typeof health.healthy, boolean>(true);
}

export async function beyond(signal: AbortSignal): Promise<void> {
  await using client = new MQClient({
    grpcEndpoint: ['a:1', 'b:2'] as const,
    tls: { ca: Buffer.from(''), serverName: 'gateway' },
    apiKey: () => 'key',
    retry: { attempts: 5, retryUnknownOutcome: true },
  });
  await using producer = await client.getProducer('i', 't', { signal, timeoutMs: 1 });
  await producer.publishMessage(
    Buffer.from('x'),
    undefined,
    { properties: { a: '1' } },
    { signal, retry: { attempts: 1 } },
  );
  await producer.publishMessage(new Uint8Array(1));
  const results: BatchResult[] = await producer.publishMessages([
    { body: 1 },
    { body: 'b', tag: 't', properties: null },
  ]);
  for (const each of results) {
    if (each.ok) same<typeof each.messageId, string>(true);
    else same<typeof each.error, MQError>(true);
  }
  await using transaction = await producer.beginTransaction('x', 't', null, { checkAfterSeconds: 10 });
  same<typeof transaction, Transaction>(true);
  await using _checks = producer.onTransactionCheck((message) => (message.isText ? 'commit' : 'unknown'));

  const options = {
    concurrency: 4,
    ack: 'auto',
    ordered: true,
    startFrom: new Date(),
    retryDelayMs: 5,
    signal,
  } as const;
  await using consumer = await client.getConsumer('i', 't', 'g', '*', options);
  const off: () => void = consumer.onError((error, context) => {
    same<typeof error, MQError>(true);
    same<typeof context, ErrorContext>(true);
  });
  off();
  consumer.onMessage((message: Message) => message.json<{ a: number }>().a);
  const [ack]: AckResult[] = await consumer.ackMessages(['h'], { signal });
  if (ack && !ack.ok) same<typeof ack.error, MQError>(true);
  await client.close(1_000);
}

export function told(error: unknown): MQErrorCode | undefined {
  return error instanceof MQError && error.retryable ? error.code : undefined;
}

export async function wrong(client: MQClient, producer: Producer, consumer: Consumer, message: Message): Promise<void> {
  // @ts-expect-error: a port alone is no address
  new MQClient({ grpcEndpoint: 50051 });
  // @ts-expect-error: no such setting
  new MQClient({ grpcEndpoints: ['a:1'] });
  // @ts-expect-error: without a topic
  await client.getProducer('i');
  // @ts-expect-error: nothing to send
  await producer.publishMessage(undefined);
  // @ts-expect-error: properties are no text
  await producer.publishMessage('x', 'tag', 'properties');
  // @ts-expect-error: a delay is a number
  await producer.publishDelayMessage('x', 'tag', null, { delayTimeLevel: '3' });
  // @ts-expect-error: no such verdict
  producer.onTransactionCheck(() => 'maybe');
  // @ts-expect-error: no such mode
  await client.getConsumer('i', 't', 'g', '*', { ack: 'never' });
  // @ts-expect-error: what was received does not change
  message.body = 'other';
  // @ts-expect-error: no such code
  const code: MQErrorCode = 'OOPS';
  // @ts-expect-error: a handler is a function
  consumer.onMessage(code);
  // @ts-expect-error: a result is one of two
  const unchecked: BatchResult = { ok: true, error: new MQError('INTERNAL', 'x') };
  void unchecked;
}
