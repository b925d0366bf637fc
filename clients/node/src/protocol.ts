// Generated from gateway/proto/src/main/protobuf/rocketmq.proto by `npm run generate`. Do not change it by hand.

import { Reader, Writer } from './wire.js';

const NO_BYTES = Buffer.alloc(0);

/** A call of the gateway's. */
export interface Method<Q, R> {
  readonly path: string;
  readonly encode: (request: Q) => Buffer;
  readonly decode: (response: Buffer) => R;
}

export enum FailureCode {
  OK = 0,
  INVALID_ARGUMENT = 1,
  NOT_FOUND = 2,
  UNAUTHENTICATED = 3,
  PERMISSION_DENIED = 4,
  FAILED_PRECONDITION = 5,
  OVERLOADED = 6,
  UNAVAILABLE = 7,
  TIMED_OUT = 8,
  UNKNOWN_OUTCOME = 9,
  UNSUPPORTED = 10,
}

export enum TransactionMode {
  AUTO = 0,
  MANUAL = 1,
}

export enum TransactionResolution {
  UNRESOLVED = 0,
  COMMIT = 1,
  ROLLBACK = 2,
}

export enum StartPosition {
  LATEST = 0,
  EARLIEST = 1,
  TIMESTAMP = 2,
}

export interface CreateProducerRequest {
  endpoint?: string | undefined;
  accessKeyId?: string | undefined;
  accessKeySecret?: string | undefined;
  instanceId?: string | undefined;
  topic?: string | undefined;
}

export interface CreateProducerResponse {
  success: boolean;
  message: string;
  producerId: string;
  failureCode: FailureCode;
}

export interface MessageProperties {
  properties?: Record<string, string> | undefined;
  messageKey?: string | undefined;
  shardingKey?: string | undefined;
  startDeliverTime?: number | undefined;
  transCheckImmunityTime?: number | undefined;
}

export interface SendMessageRequest {
  producerId?: string | undefined;
  messageBody?: string | undefined;
  tag?: string | undefined;
  properties?: MessageProperties | undefined;
  rawBody?: Uint8Array | undefined;
}

export interface SendMessageResponse {
  success: boolean;
  message: string;
  messageId: string;
  receiptHandle: string;
  failureCode: FailureCode;
  deliveryMovedTo: number;
}

export interface SendOrderedMessageRequest {
  producerId?: string | undefined;
  messageBody?: string | undefined;
  tag?: string | undefined;
  properties?: MessageProperties | undefined;
  shardingKey?: string | undefined;
  rawBody?: Uint8Array | undefined;
}

export interface SendDelayMessageRequest {
  producerId?: string | undefined;
  messageBody?: string | undefined;
  tag?: string | undefined;
  properties?: MessageProperties | undefined;
  delayTimeLevel?: number | undefined;
  startDeliverTime?: number | undefined;
  rawBody?: Uint8Array | undefined;
}

export interface SendTransactionMessageRequest {
  producerId?: string | undefined;
  messageBody?: string | undefined;
  tag?: string | undefined;
  properties?: MessageProperties | undefined;
  transCheckImmunityTime?: number | undefined;
  rawBody?: Uint8Array | undefined;
  mode?: TransactionMode | undefined;
}

export interface SendTransactionMessageResponse {
  success: boolean;
  message: string;
  messageId: string;
  receiptHandle: string;
  transactionId: string;
  failureCode: FailureCode;
}

export interface EndTransactionRequest {
  producerId?: string | undefined;
  transactionId?: string | undefined;
  resolution?: TransactionResolution | undefined;
}

export interface EndTransactionResponse {
  success: boolean;
  message: string;
  failureCode: FailureCode;
}

export interface CheckTransactionsRequest {
  producerId?: string | undefined;
}

export interface TransactionCheck {
  transactionId: string;
  message?: Message | undefined;
}

export interface MessageToSend {
  messageBody?: string | undefined;
  rawBody?: Uint8Array | undefined;
  tag?: string | undefined;
  properties?: MessageProperties | undefined;
}

export interface SendMessagesRequest {
  producerId?: string | undefined;
  messages?: MessageToSend[] | undefined;
}

export interface SendMessagesResponse {
  success: boolean;
  message: string;
  failureCode: FailureCode;
  results: SendMessageResponse[];
}

export interface CreateConsumerRequest {
  endpoint?: string | undefined;
  accessKeyId?: string | undefined;
  accessKeySecret?: string | undefined;
  instanceId?: string | undefined;
  topic?: string | undefined;
  groupId?: string | undefined;
  tagExpression?: string | undefined;
  startPosition?: StartPosition | undefined;
  startTimestamp?: number | undefined;
  ordered?: boolean | undefined;
  maxHoldMs?: number | undefined;
}

export interface CreateConsumerResponse {
  success: boolean;
  message: string;
  consumerId: string;
  failureCode: FailureCode;
}

export interface ReceiveMessagesRequest {
  consumerId?: string | undefined;
}

export interface Message {
  messageId: string;
  receiptHandle: string;
  messageBody: string;
  tag: string;
  properties: Record<string, string>;
  bornTimestamp: number;
  reconsumeTimes: number;
  rawBody: Uint8Array;
  contentEncoding: string;
}

export interface AckMessageRequest {
  consumerId?: string | undefined;
  receiptHandle?: string | undefined;
}

export interface AckMessageResponse {
  success: boolean;
  message: string;
  failureCode: FailureCode;
}

export interface AckMessagesRequest {
  consumerId?: string | undefined;
  receiptHandles?: string[] | undefined;
}

export interface AckMessagesResponse {
  success: boolean;
  message: string;
  failureCode: FailureCode;
  results: AckMessageResponse[];
}

export interface RetryMessageRequest {
  consumerId?: string | undefined;
  receiptHandle?: string | undefined;
  delayMs?: number | undefined;
}

export interface RetryMessageResponse {
  success: boolean;
  message: string;
  failureCode: FailureCode;
}

export interface CleanupProducerRequest {
  producerId?: string | undefined;
  topic?: string | undefined;
  endpoint?: string | undefined;
}

export interface CleanupProducerResponse {
  success: boolean;
  message: string;
  cleanedCount: number;
  failureCode: FailureCode;
}

export interface CleanupConsumerRequest {
  consumerId?: string | undefined;
  groupId?: string | undefined;
  topic?: string | undefined;
}

export interface CleanupConsumerResponse {
  success: boolean;
  message: string;
  cleanedCount: number;
  failureCode: FailureCode;
}

export type HealthCheckRequest = Record<string, never>;

export interface HealthCheckResponse {
  healthy: boolean;
  message: string;
}

function writeCreateProducerRequest(to: Writer, message: Readonly<CreateProducerRequest>): void {
  to.string(1, message.endpoint);
  to.string(2, message.accessKeyId);
  to.string(3, message.accessKeySecret);
  to.string(4, message.instanceId);
  to.string(5, message.topic);
}

function writeMessageProperties(to: Writer, message: Readonly<MessageProperties>): void {
  to.map(1, message.properties);
  to.string(2, message.messageKey);
  to.string(3, message.shardingKey);
  to.int(4, message.startDeliverTime);
  to.int(5, message.transCheckImmunityTime);
}

function writeSendMessageRequest(to: Writer, message: Readonly<SendMessageRequest>): void {
  to.string(1, message.producerId);
  to.string(2, message.messageBody);
  to.string(3, message.tag);
  to.message(4, message.properties, writeMessageProperties);
  to.bytes(100, message.rawBody);
}

function writeSendOrderedMessageRequest(to: Writer, message: Readonly<SendOrderedMessageRequest>): void {
  to.string(1, message.producerId);
  to.string(2, message.messageBody);
  to.string(3, message.tag);
  to.message(4, message.properties, writeMessageProperties);
  to.string(5, message.shardingKey);
  to.bytes(100, message.rawBody);
}

function writeSendDelayMessageRequest(to: Writer, message: Readonly<SendDelayMessageRequest>): void {
  to.string(1, message.producerId);
  to.string(2, message.messageBody);
  to.string(3, message.tag);
  to.message(4, message.properties, writeMessageProperties);
  to.int(5, message.delayTimeLevel);
  to.int(6, message.startDeliverTime);
  to.bytes(100, message.rawBody);
}

function writeSendTransactionMessageRequest(to: Writer, message: Readonly<SendTransactionMessageRequest>): void {
  to.string(1, message.producerId);
  to.string(2, message.messageBody);
  to.string(3, message.tag);
  to.message(4, message.properties, writeMessageProperties);
  to.int(5, message.transCheckImmunityTime);
  to.bytes(100, message.rawBody);
  to.int(101, message.mode);
}

function writeEndTransactionRequest(to: Writer, message: Readonly<EndTransactionRequest>): void {
  to.string(1, message.producerId);
  to.string(2, message.transactionId);
  to.int(3, message.resolution);
}

function writeCheckTransactionsRequest(to: Writer, message: Readonly<CheckTransactionsRequest>): void {
  to.string(1, message.producerId);
}

function writeMessageToSend(to: Writer, message: Readonly<MessageToSend>): void {
  to.string(1, message.messageBody);
  to.bytes(2, message.rawBody);
  to.string(3, message.tag);
  to.message(4, message.properties, writeMessageProperties);
}

function writeSendMessagesRequest(to: Writer, message: Readonly<SendMessagesRequest>): void {
  to.string(1, message.producerId);
  to.messages(2, message.messages, writeMessageToSend);
}

function writeCreateConsumerRequest(to: Writer, message: Readonly<CreateConsumerRequest>): void {
  to.string(1, message.endpoint);
  to.string(2, message.accessKeyId);
  to.string(3, message.accessKeySecret);
  to.string(4, message.instanceId);
  to.string(5, message.topic);
  to.string(6, message.groupId);
  to.string(7, message.tagExpression);
  to.int(100, message.startPosition);
  to.int(101, message.startTimestamp);
  to.bool(102, message.ordered);
  to.int(103, message.maxHoldMs);
}

function writeReceiveMessagesRequest(to: Writer, message: Readonly<ReceiveMessagesRequest>): void {
  to.string(1, message.consumerId);
}

function writeAckMessageRequest(to: Writer, message: Readonly<AckMessageRequest>): void {
  to.string(1, message.consumerId);
  to.string(2, message.receiptHandle);
}

function writeAckMessagesRequest(to: Writer, message: Readonly<AckMessagesRequest>): void {
  to.string(1, message.consumerId);
  to.strings(2, message.receiptHandles);
}

function writeRetryMessageRequest(to: Writer, message: Readonly<RetryMessageRequest>): void {
  to.string(1, message.consumerId);
  to.string(2, message.receiptHandle);
  to.int(3, message.delayMs);
}

function writeCleanupProducerRequest(to: Writer, message: Readonly<CleanupProducerRequest>): void {
  to.string(1, message.producerId);
  to.string(2, message.topic);
  to.string(3, message.endpoint);
}

function writeCleanupConsumerRequest(to: Writer, message: Readonly<CleanupConsumerRequest>): void {
  to.string(1, message.consumerId);
  to.string(2, message.groupId);
  to.string(3, message.topic);
}

function writeHealthCheckRequest(): void {}

function readCreateProducerResponse(from: Reader): CreateProducerResponse {
  const message: CreateProducerResponse = {
    success: false,
    message: '',
    producerId: '',
    failureCode: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 26:
        message.producerId = from.string();
        break;
      case 800:
        message.failureCode = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readSendMessageResponse(from: Reader): SendMessageResponse {
  const message: SendMessageResponse = {
    success: false,
    message: '',
    messageId: '',
    receiptHandle: '',
    failureCode: 0,
    deliveryMovedTo: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 26:
        message.messageId = from.string();
        break;
      case 34:
        message.receiptHandle = from.string();
        break;
      case 800:
        message.failureCode = from.int();
        break;
      case 808:
        message.deliveryMovedTo = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readSendTransactionMessageResponse(from: Reader): SendTransactionMessageResponse {
  const message: SendTransactionMessageResponse = {
    success: false,
    message: '',
    messageId: '',
    receiptHandle: '',
    transactionId: '',
    failureCode: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 26:
        message.messageId = from.string();
        break;
      case 34:
        message.receiptHandle = from.string();
        break;
      case 42:
        message.transactionId = from.string();
        break;
      case 800:
        message.failureCode = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readEndTransactionResponse(from: Reader): EndTransactionResponse {
  const message: EndTransactionResponse = {
    success: false,
    message: '',
    failureCode: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 24:
        message.failureCode = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readTransactionCheck(from: Reader): TransactionCheck {
  const message: TransactionCheck = {
    transactionId: '',
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 10:
        message.transactionId = from.string();
        break;
      case 18:
        message.message = from.message(readMessage);
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readSendMessagesResponse(from: Reader): SendMessagesResponse {
  const message: SendMessagesResponse = {
    success: false,
    message: '',
    failureCode: 0,
    results: [],
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 24:
        message.failureCode = from.int();
        break;
      case 34:
        message.results.push(from.message(readSendMessageResponse));
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readCreateConsumerResponse(from: Reader): CreateConsumerResponse {
  const message: CreateConsumerResponse = {
    success: false,
    message: '',
    consumerId: '',
    failureCode: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 26:
        message.consumerId = from.string();
        break;
      case 800:
        message.failureCode = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readMessage(from: Reader): Message {
  const message: Message = {
    messageId: '',
    receiptHandle: '',
    messageBody: '',
    tag: '',
    properties: {},
    bornTimestamp: 0,
    reconsumeTimes: 0,
    rawBody: NO_BYTES,
    contentEncoding: '',
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 10:
        message.messageId = from.string();
        break;
      case 18:
        message.receiptHandle = from.string();
        break;
      case 26:
        message.messageBody = from.string();
        break;
      case 34:
        message.tag = from.string();
        break;
      case 42:
        from.entry(message.properties);
        break;
      case 48:
        message.bornTimestamp = from.int();
        break;
      case 56:
        message.reconsumeTimes = from.int();
        break;
      case 802:
        message.rawBody = from.bytes();
        break;
      case 810:
        message.contentEncoding = from.string();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readAckMessageResponse(from: Reader): AckMessageResponse {
  const message: AckMessageResponse = {
    success: false,
    message: '',
    failureCode: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 800:
        message.failureCode = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readAckMessagesResponse(from: Reader): AckMessagesResponse {
  const message: AckMessagesResponse = {
    success: false,
    message: '',
    failureCode: 0,
    results: [],
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 24:
        message.failureCode = from.int();
        break;
      case 34:
        message.results.push(from.message(readAckMessageResponse));
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readRetryMessageResponse(from: Reader): RetryMessageResponse {
  const message: RetryMessageResponse = {
    success: false,
    message: '',
    failureCode: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 24:
        message.failureCode = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readCleanupProducerResponse(from: Reader): CleanupProducerResponse {
  const message: CleanupProducerResponse = {
    success: false,
    message: '',
    cleanedCount: 0,
    failureCode: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 24:
        message.cleanedCount = from.int();
        break;
      case 800:
        message.failureCode = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readCleanupConsumerResponse(from: Reader): CleanupConsumerResponse {
  const message: CleanupConsumerResponse = {
    success: false,
    message: '',
    cleanedCount: 0,
    failureCode: 0,
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.success = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      case 24:
        message.cleanedCount = from.int();
        break;
      case 800:
        message.failureCode = from.int();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function readHealthCheckResponse(from: Reader): HealthCheckResponse {
  const message: HealthCheckResponse = {
    healthy: false,
    message: '',
  };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        message.healthy = from.bool();
        break;
      case 18:
        message.message = from.string();
        break;
      default:
        from.skip(tag);
    }
  }
  return message;
}

function encoded<T>(write: (to: Writer, message: T) => void, message: T): Buffer {
  const writer = new Writer();
  write(writer, message);
  return writer.finish();
}

export const CreateProducer: Method<CreateProducerRequest, CreateProducerResponse> = {
  path: '/rocketmq.RocketMQProxy/CreateProducer',
  encode: (request) => encoded(writeCreateProducerRequest, request),
  decode: (response) => readCreateProducerResponse(new Reader(response)),
};

export const SendMessage: Method<SendMessageRequest, SendMessageResponse> = {
  path: '/rocketmq.RocketMQProxy/SendMessage',
  encode: (request) => encoded(writeSendMessageRequest, request),
  decode: (response) => readSendMessageResponse(new Reader(response)),
};

export const SendOrderedMessage: Method<SendOrderedMessageRequest, SendMessageResponse> = {
  path: '/rocketmq.RocketMQProxy/SendOrderedMessage',
  encode: (request) => encoded(writeSendOrderedMessageRequest, request),
  decode: (response) => readSendMessageResponse(new Reader(response)),
};

export const SendDelayMessage: Method<SendDelayMessageRequest, SendMessageResponse> = {
  path: '/rocketmq.RocketMQProxy/SendDelayMessage',
  encode: (request) => encoded(writeSendDelayMessageRequest, request),
  decode: (response) => readSendMessageResponse(new Reader(response)),
};

export const SendTransactionMessage: Method<SendTransactionMessageRequest, SendTransactionMessageResponse> = {
  path: '/rocketmq.RocketMQProxy/SendTransactionMessage',
  encode: (request) => encoded(writeSendTransactionMessageRequest, request),
  decode: (response) => readSendTransactionMessageResponse(new Reader(response)),
};

export const CreateConsumer: Method<CreateConsumerRequest, CreateConsumerResponse> = {
  path: '/rocketmq.RocketMQProxy/CreateConsumer',
  encode: (request) => encoded(writeCreateConsumerRequest, request),
  decode: (response) => readCreateConsumerResponse(new Reader(response)),
};

export const ReceiveMessages: Method<ReceiveMessagesRequest, Message> = {
  path: '/rocketmq.RocketMQProxy/ReceiveMessages',
  encode: (request) => encoded(writeReceiveMessagesRequest, request),
  decode: (response) => readMessage(new Reader(response)),
};

export const AckMessage: Method<AckMessageRequest, AckMessageResponse> = {
  path: '/rocketmq.RocketMQProxy/AckMessage',
  encode: (request) => encoded(writeAckMessageRequest, request),
  decode: (response) => readAckMessageResponse(new Reader(response)),
};

export const CleanupProducer: Method<CleanupProducerRequest, CleanupProducerResponse> = {
  path: '/rocketmq.RocketMQProxy/CleanupProducer',
  encode: (request) => encoded(writeCleanupProducerRequest, request),
  decode: (response) => readCleanupProducerResponse(new Reader(response)),
};

export const CleanupConsumer: Method<CleanupConsumerRequest, CleanupConsumerResponse> = {
  path: '/rocketmq.RocketMQProxy/CleanupConsumer',
  encode: (request) => encoded(writeCleanupConsumerRequest, request),
  decode: (response) => readCleanupConsumerResponse(new Reader(response)),
};

export const HealthCheck: Method<HealthCheckRequest, HealthCheckResponse> = {
  path: '/rocketmq.RocketMQProxy/HealthCheck',
  encode: (request) => encoded(writeHealthCheckRequest, request),
  decode: (response) => readHealthCheckResponse(new Reader(response)),
};

export const SendMessages: Method<SendMessagesRequest, SendMessagesResponse> = {
  path: '/rocketmq.RocketMQProxy/SendMessages',
  encode: (request) => encoded(writeSendMessagesRequest, request),
  decode: (response) => readSendMessagesResponse(new Reader(response)),
};

export const AckMessages: Method<AckMessagesRequest, AckMessagesResponse> = {
  path: '/rocketmq.RocketMQProxy/AckMessages',
  encode: (request) => encoded(writeAckMessagesRequest, request),
  decode: (response) => readAckMessagesResponse(new Reader(response)),
};

export const RetryMessage: Method<RetryMessageRequest, RetryMessageResponse> = {
  path: '/rocketmq.RocketMQProxy/RetryMessage',
  encode: (request) => encoded(writeRetryMessageRequest, request),
  decode: (response) => readRetryMessageResponse(new Reader(response)),
};

export const EndTransaction: Method<EndTransactionRequest, EndTransactionResponse> = {
  path: '/rocketmq.RocketMQProxy/EndTransaction',
  encode: (request) => encoded(writeEndTransactionRequest, request),
  decode: (response) => readEndTransactionResponse(new Reader(response)),
};

export const CheckTransactions: Method<CheckTransactionsRequest, TransactionCheck> = {
  path: '/rocketmq.RocketMQProxy/CheckTransactions',
  encode: (request) => encoded(writeCheckTransactionsRequest, request),
  decode: (response) => readTransactionCheck(new Reader(response)),
};
