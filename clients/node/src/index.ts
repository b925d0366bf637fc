/**
 * The client of Sluice, the gateway that speaks gRPC to programs and RocketMQ to brokers.
 *
 * @packageDocumentation
 */
import { MQClient } from './client.js';
import { Consumer } from './consumer.js';
import { MQError } from './errors.js';
import { Producer } from './producer.js';
import { MessageProperties } from './properties.js';
import { Transaction } from './transaction.js';

export { Consumer, MessageProperties, MQClient, MQError, Producer, Transaction };
export type { AckResult } from './acknowledgements.js';
export type { BatchResult, OutgoingMessage } from './batch.js';
export type { MessageBody } from './body.js';
export type { Health } from './client.js';
export type { MessageStream, MessageStreamEvents } from './consumer.js';
export type { MQErrorCode, MQErrorOptions } from './errors.js';
export type { Message, MessageData, MessageHandler } from './message.js';
export type {
  CallOptions,
  ConnectionOptions,
  ConsumerOptions,
  DelayOptions,
  ErrorContext,
  ErrorListener,
  MQConfig,
  RetryDelay,
  RetryOptions,
  SendOptions,
  TlsOptions,
  TransactionOptions,
} from './options.js';
export type { SendResult, TransactionResult } from './producer.js';
export type { MessagePropertiesLike } from './properties.js';
export type { TransactionState } from './transaction.js';
export type { CheckOptions, TransactionChecker, TransactionChecks, TransactionVerdict } from './transaction-checks.js';

/** The same, for programs that import it as a whole. */
export default { MQClient, MessageProperties, Producer, Consumer, Transaction, MQError };
