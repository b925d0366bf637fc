import { invalid } from './errors.js';
import type { MessageProperties as WireProperties } from './protocol.js';
import type { MessagePropertiesLike } from './properties.js';
import { text } from './settings.js';

/**
 * What can be sent: text and bytes as they are, anything else as JSON.
 */
export type MessageBody = string | Uint8Array | ArrayBuffer | object | number | boolean | null;

/** A body as requests have it. */
export interface WireBody {
  readonly messageBody: string | undefined;
  readonly rawBody: Uint8Array | undefined;
}

/** @throws MQError `INVALID_ARGUMENT` for what is neither text, bytes nor JSON */
export function wireBody(body: unknown): WireBody {
  if (typeof body === 'string') return { messageBody: body, rawBody: undefined };
  if (body instanceof Uint8Array) return { messageBody: undefined, rawBody: body };
  if (body instanceof ArrayBuffer) return { messageBody: undefined, rawBody: new Uint8Array(body) };
  if (ArrayBuffer.isView(body)) {
    return { messageBody: undefined, rawBody: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) };
  }
  return { messageBody: json(body), rawBody: undefined };
}

function json(body: unknown): string {
  let written: string | undefined;
  try {
    written = JSON.stringify(body);
  } catch (error) {
    throw invalid('body', body, `what JSON can have: ${(error as Error).message}`);
  }
  if (written === undefined) throw invalid('body', body, 'text, bytes, or what JSON can have');
  return written;
}

/** How many bytes it takes in a request. */
export function sizeOf({ messageBody, rawBody }: WireBody): number {
  return rawBody ? rawBody.length : Buffer.byteLength(messageBody ?? '');
}

/** @throws MQError `INVALID_ARGUMENT` for values of the wrong type */
export function wireProperties(given: MessagePropertiesLike | null | undefined): WireProperties | undefined {
  if (given === null || given === undefined) return undefined;
  if (typeof given !== 'object') throw invalid('properties', given, 'MessageProperties');
  const properties: Record<string, string> = {};
  for (const [key, value] of Object.entries(given.properties ?? {})) properties[key] = String(value);
  return {
    properties,
    messageKey: text('message_key', given.message_key),
    shardingKey: text('sharding_key', given.sharding_key),
    startDeliverTime: time('start_deliver_time', given.start_deliver_time),
    transCheckImmunityTime: time('trans_check_immunity_time', given.trans_check_immunity_time),
  };
}

/** A number of milliseconds or seconds; a fraction is dropped. */
export function time(name: string, value: number | null | undefined): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return Math.trunc(value);
  throw invalid(name, value, 'a number');
}
