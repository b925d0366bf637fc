import { type MessageBody, sizeOf, type WireBody, wireBody, wireProperties } from './body.js';
import { invalid, MQError } from './errors.js';
import { refused } from './failures.js';
import type { MessagePropertiesLike } from './properties.js';
import type { SendMessageResponse, MessageProperties as WireProperties } from './protocol.js';
import { text } from './settings.js';

/** One of the messages of `Producer.publishMessages`. */
export interface OutgoingMessage {
  /** Text, bytes, or anything else that `JSON.stringify` takes; 1 byte to 4 MiB. */
  readonly body: MessageBody;
  readonly tag?: string | undefined;
  readonly properties?: MessagePropertiesLike | null | undefined;
}

/** What became of one of them. */
export type BatchResult =
  | { readonly ok: true; readonly messageId: string; readonly receiptHandle: string }
  | { readonly ok: false; readonly error: MQError };

/** One of them as requests have it. */
export type Entry = WireBody & { readonly tag: string; readonly properties: WireProperties | undefined };

/** What a request may have at most, and a gateway takes: 8 MiB less what there is beside the messages. */
const MOST_ENTRIES = 1_024;
const MOST_BYTES = 7.5 * 1024 * 1024;
const BESIDE_BODY = 64;

/** Cuts them into requests that are not too long, in their order. */
export function batches(messages: readonly OutgoingMessage[]): Entry[][] {
  if (!Array.isArray(messages)) throw invalid('messages', messages, 'an array of { body, tag, properties }');
  const all: Entry[][] = [];
  let size = 0;
  for (const message of messages) {
    const entry = entryOf(message);
    const own = lengthOf(entry);
    const last = all.at(-1);
    if (!last || last.length === MOST_ENTRIES || size + own > MOST_BYTES) {
      all.push([entry]);
      size = own;
    } else {
      last.push(entry);
      size += own;
    }
  }
  return all;
}

/** What the gateway says of one. */
export function resultOf(response: SendMessageResponse | undefined, endpoint: string): BatchResult {
  if (!response) {
    const error = new MQError('UNKNOWN_OUTCOME', `${endpoint}: an answer without a result for this message`, {
      endpoint,
    });
    return { ok: false, error };
  }
  const { success, messageId, receiptHandle } = response;
  return success
    ? { ok: true, messageId, receiptHandle }
    : { ok: false, error: refused(response, endpoint, false).error };
}

function entryOf(message: OutgoingMessage): Entry {
  if (typeof message !== 'object' || message === null)
    throw invalid('messages', message, 'an array of { body, tag, properties }');
  const { body, tag, properties } = message;
  return { ...wireBody(body), tag: text('tag', tag), properties: wireProperties(properties) };
}

function lengthOf(entry: Entry): number {
  const { properties } = entry;
  let length = sizeOf(entry) + Buffer.byteLength(entry.tag) + BESIDE_BODY;
  if (!properties) return length;
  length += Buffer.byteLength(properties.messageKey ?? '') + Buffer.byteLength(properties.shardingKey ?? '');
  for (const [key, value] of Object.entries(properties.properties ?? {})) {
    length += Buffer.byteLength(key) + Buffer.byteLength(value) + BESIDE_BODY;
  }
  return length;
}
