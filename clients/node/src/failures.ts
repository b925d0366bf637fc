import { type ServiceError, status } from '@grpc/grpc-js';
import { MQError, type MQErrorCode } from './errors.js';
import { FailureCode } from './protocol.js';

/** A call that did not succeed. */
export interface Failed {
  readonly error: MQError;
  /** Whether certainly nothing was done, and another gateway may do it at once. */
  readonly elsewhere: boolean;
  /** Whether it is the gateway or what is behind it that failed, and not the request. */
  readonly faulty: boolean;
  /** Whether the producer's or consumer's id is not known there. */
  readonly unknownId: boolean;
}

/**
 * How gRPC says that a call has not reached a server's program. Where it says it in other words one day, an outcome
 * counts as unknown that is not, which is the safe side.
 */
const NEVER_SENT =
  /^(No connection established|Name resolution failed|Stream refused by server|Channel closed before call started|Failed to start HTTP\/2 stream|Deadline exceeded.*Waiting for LB pick)/;

/** How both sides say that a message is too long, which it stays. */
const TOO_LONG = /larger than|exceeds maximum/;

/** What gRPC statuses of a gateway mean that refused a call, and did nothing of it. */
const REFUSALS = new Map<status, MQErrorCode>([
  [status.INVALID_ARGUMENT, 'INVALID_ARGUMENT'],
  [status.NOT_FOUND, 'NOT_FOUND'],
  [status.UNAUTHENTICATED, 'UNAUTHENTICATED'],
  [status.PERMISSION_DENIED, 'PERMISSION_DENIED'],
  [status.FAILED_PRECONDITION, 'FAILED_PRECONDITION'],
  [status.UNIMPLEMENTED, 'UNSUPPORTED'],
]);

/** The gateway that was asked. */
export interface Asked {
  /** `host:port`. */
  readonly address: string;
  /** Whether it was spoken to by TLS. */
  readonly tls: boolean;
}

/** A call that broke, without an answer of the gateway's own. */
export function broken(failure: ServiceError, { address, tls }: Asked, idempotent: boolean): Failed {
  const details = failure.details || failure.message;
  const { code, elsewhere, faulty } = kindOf(failure.code, details, idempotent);
  const error = new MQError(code, `${address}: ${explained(details, tls)}`, { cause: failure, endpoint: address });
  return { error, elsewhere, faulty, unknownId: failure.code === status.NOT_FOUND };
}

/** What gRPC says, and what it is usually about where one side speaks TLS and the other does not. */
function explained(details: string, tls: boolean): string {
  const text = details.replace(/[\s.]*Resolution note:\s*$/, '').replace(/\s+/g, ' ');
  if (!tls && /Last error: Failed to connect/.test(text)) return `${text} (does the gateway ask for TLS?)`;
  if (tls && /wrong version number|packet length too long/.test(text)) return `${text} (does the gateway speak TLS?)`;
  return text;
}

function kindOf(
  code: status,
  details: string,
  idempotent: boolean,
): { code: MQErrorCode; elsewhere: boolean; faulty: boolean } {
  const refusal = REFUSALS.get(code);
  if (refusal) return { code: refusal, elsewhere: false, faulty: false };
  if (code === status.RESOURCE_EXHAUSTED) {
    if (TOO_LONG.test(details)) return { code: 'INVALID_ARGUMENT', elsewhere: false, faulty: false };
    return { code: 'OVERLOADED', elsewhere: true, faulty: true };
  }
  if (NEVER_SENT.test(details)) return { code: 'UNAVAILABLE', elsewhere: true, faulty: true };
  if (!idempotent) return { code: 'UNKNOWN_OUTCOME', elsewhere: false, faulty: code !== status.INTERNAL };
  if (code === status.INTERNAL) return { code: 'INTERNAL', elsewhere: false, faulty: false };
  return { code: 'UNAVAILABLE', elsewhere: true, faulty: true };
}

/** What an answer says with `success: false`. */
export interface Refusal {
  readonly message: string;
  readonly failureCode: FailureCode;
}

/** An answer with `success: false`. Of what may be done twice, no outcome is unknown: it is done again. */
export function refused({ message, failureCode }: Refusal, endpoint: string, idempotent: boolean): Failed {
  const told = codeOf(failureCode);
  const code = told === 'UNKNOWN_OUTCOME' && idempotent ? 'UNAVAILABLE' : told;
  const error = new MQError(code, message || 'refused without a reason', { endpoint });
  return {
    error,
    elsewhere: error.code === 'UNAVAILABLE',
    faulty: error.retryable || error.code === 'UNKNOWN_OUTCOME',
    unknownId: false,
  };
}

/** A gateway without codes says nothing of whether it may have happened. */
function codeOf(code: FailureCode): MQErrorCode {
  switch (code) {
    case FailureCode.INVALID_ARGUMENT:
      return 'INVALID_ARGUMENT';
    case FailureCode.NOT_FOUND:
      return 'NOT_FOUND';
    case FailureCode.UNAUTHENTICATED:
      return 'UNAUTHENTICATED';
    case FailureCode.PERMISSION_DENIED:
      return 'PERMISSION_DENIED';
    case FailureCode.FAILED_PRECONDITION:
      return 'FAILED_PRECONDITION';
    case FailureCode.OVERLOADED:
      return 'OVERLOADED';
    case FailureCode.UNAVAILABLE:
      return 'UNAVAILABLE';
    case FailureCode.TIMED_OUT:
      return 'TIMED_OUT';
    case FailureCode.UNSUPPORTED:
      return 'UNSUPPORTED';
    default:
      return 'UNKNOWN_OUTCOME';
  }
}
