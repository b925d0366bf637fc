import { once } from 'node:events';
import {
  MQClient,
  type Consumer,
  type ConsumerOptions,
  type ErrorContext,
  type Message,
  type MessageHandler,
  type MessageStream,
  type MQConfig,
  type MQError,
  type Producer,
} from '@sluice/client';
import { unique } from './places.js';
import { gateway } from './shared.js';
import { PATIENCE_MS, until, within } from './waiting.js';

/** Waits until a stream is open. */
export async function open(stream: MessageStream): Promise<void> {
  await within(PATIENCE_MS, 'an open stream', once(stream, 'open'));
}

/** What a pair is like, where it is not as usual. */
export interface PairOptions {
  /** Instead of the shared gateway alone. */
  readonly config?: MQConfig;
  readonly consumer?: ConsumerOptions;
  /** Called after a delivery is kept; by default acknowledges. */
  readonly handler?: MessageHandler;
  /** Of another pair, instead of ones of its own. */
  readonly topic?: string;
  readonly group?: string;
}

/** A client with a producer and a consumer of one topic, whose stream is open: what is sent now comes. */
export class Pair implements AsyncDisposable {
  /** Every delivery, in the order in which the handler was given them. */
  readonly received: Message[] = [];
  /** What the consumer's error listener was told. */
  readonly reported: { error: MQError; context: ErrorContext }[] = [];

  private constructor(
    readonly client: MQClient,
    readonly topic: string,
    readonly group: string,
    readonly producer: Producer,
    readonly consumer: Consumer,
  ) {}

  static async open(name: string, options: PairOptions = {}): Promise<Pair> {
    const topic = options.topic ?? unique(name);
    const group = options.group ?? topic;
    const client = new MQClient(options.config ?? { grpcEndpoint: (await gateway()).grpc });
    try {
      const producer = await client.getProducer('tests', topic);
      const consumer = await client.getConsumer('tests', topic, group, '*', options.consumer);
      const pair = new Pair(client, topic, group, producer, consumer);
      consumer.onError((error, context) => pair.reported.push({ error, context }));
      consumer.onMessage(async (message) => {
        pair.received.push(message);
        await (options.handler ?? ((each) => each.ack()))(message);
      });
      await open(consumer.startReceiving());
      return pair;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** The bodies that came, in their order, again where they came again. */
  bodies(): string[] {
    return this.received.map(({ body }) => body);
  }

  /** The deliveries of one body, when there are so many. */
  async deliveries(body: string, count = 1, timeoutMs?: number): Promise<Message[]> {
    const those = (): Message[] => this.received.filter((each) => each.body === body);
    await until(`${count} deliveries of ${body}`, () => those().length >= count, {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      shown: () => this.bodies().slice(-20),
    });
    return those();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}
