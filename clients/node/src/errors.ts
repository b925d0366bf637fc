/**
 * What kind of failure an {@link MQError} tells of. These strings are stable: programs may compare them.
 *
 * | code | meaning | has it happened? |
 * |---|---|---|
 * | `INVALID_ARGUMENT` | the request is wrong and will stay wrong | no |
 * | `NOT_FOUND` | a topic, handle or transaction does not exist, or no longer does | no |
 * | `UNAUTHENTICATED` | the credentials do not prove who the caller is | no |
 * | `PERMISSION_DENIED` | the caller may not do this | no |
 * | `FAILED_PRECONDITION` | an expired receipt handle, a subscription that differs from the rest of its group | no |
 * | `OVERLOADED` | a limit is reached; trying later helps | no |
 * | `UNAVAILABLE` | no gateway, or no broker behind it, can be reached; trying later may help | no |
 * | `TIMED_OUT` | no answer of the broker in time, and nothing was done | no |
 * | `UNKNOWN_OUTCOME` | the answer is missing: trying again may do it twice | perhaps |
 * | `UNSUPPORTED` | the gateway or the message system has no such ability | no |
 * | `ABORTED` | the caller's `AbortSignal` ended the wait | perhaps |
 * | `CLOSED` | the client, producer or consumer is closed; in the middle of a call its `message` says so | perhaps |
 * | `HANDLER_FAILED` | a handler or checker of the program threw; `cause` is what it threw | |
 * | `INTERNAL` | a fault in the gateway or in this client | perhaps |
 */
export type MQErrorCode =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  | 'FAILED_PRECONDITION'
  | 'OVERLOADED'
  | 'UNAVAILABLE'
  | 'TIMED_OUT'
  | 'UNKNOWN_OUTCOME'
  | 'UNSUPPORTED'
  | 'ABORTED'
  | 'CLOSED'
  | 'HANDLER_FAILED'
  | 'INTERNAL';

const RETRYABLE: ReadonlySet<MQErrorCode> = new Set(['OVERLOADED', 'UNAVAILABLE', 'TIMED_OUT']);

/** What an {@link MQError} may carry beside its code and message. */
export interface MQErrorOptions {
  /** What led to it. */
  cause?: unknown;
  /** The gateway that was asked, `host:port`. */
  endpoint?: string;
}

/**
 * The error of everything in this package. Its `message` names the value that is wrong and what was expected; neither
 * it nor its `cause` has a key or a secret in it.
 */
export class MQError extends Error {
  override readonly name: string = 'MQError';
  /** For programs; see {@link MQErrorCode}. */
  readonly code: MQErrorCode;
  /** Whether nothing was done and the same call may succeed later: `OVERLOADED`, `UNAVAILABLE` and `TIMED_OUT`. */
  readonly retryable: boolean;
  /** The gateway that was asked, `host:port`, where one was. */
  readonly endpoint: string | undefined;

  constructor(code: MQErrorCode, message: string, options: MQErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.endpoint = options.endpoint;
  }
}

/** An argument that cannot be right: `concurrency: 0 (expected: a whole number from 1 to 10000)`. */
export function invalid(name: string, value: unknown, expected: string): MQError {
  return new MQError('INVALID_ARGUMENT', `${name}: ${shown(value)} (expected: ${expected})`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty' : value.length > 200 ? `${value.slice(0, 200)}…` : value;
  if (typeof value === 'object' && value !== null) return `a value of type ${value.constructor?.name ?? 'object'}`;
  return String(value);
}
