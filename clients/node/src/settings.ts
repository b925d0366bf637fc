import { X509Certificate } from 'node:crypto';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import type { Policy } from './calls.js';
import type { EndpointSettings } from './endpoint.js';
import { invalid, MQError } from './errors.js';
import type { ConnectionOptions, MQConfig, RetryOptions, TlsOptions } from './options.js';

const DEFAULT_GATEWAY = 'localhost:50051';
const ADDRESS = /^(\[[0-9A-Fa-f:.]+(%\w+)?\]|[^\s:/@,[\]]+):(\d{1,5})$/;

/** A body may have 4 MiB, and its properties come with it. */
const LONGEST_MESSAGE = 16 * 1024 * 1024;

/** What a configuration comes to. It is kept in private fields alone, as it has secrets in it. */
export interface Settings {
  readonly addresses: readonly string[];
  readonly endpoint: EndpointSettings;
  readonly timeoutMs: number;
  readonly policy: Policy;
  /** How the message system is named in requests. */
  readonly system: { readonly endpoint: string; readonly accessKeyId: string; readonly accessKeySecret: string };
}

/** @throws MQError `INVALID_ARGUMENT`, naming what is wrong and what was expected */
export function settingsOf(config: MQConfig): Settings {
  if (typeof config !== 'object' || config === null) throw invalid('config', config, 'an object');
  return {
    addresses: addressesOf(config.grpcEndpoint),
    endpoint: endpointOf(config),
    timeoutMs: timeoutOf(config.timeoutMs, 30_000),
    policy: policyOf(config.retry, DEFAULT_POLICY),
    system: {
      endpoint: text('endpoint', config.endpoint),
      accessKeyId: text('accessKeyId', config.accessKeyId),
      accessKeySecret: secret('accessKeySecret', config.accessKeySecret),
    },
  };
}

const DEFAULT_POLICY: Policy = { attempts: 3, initialMs: 100, maxMs: 5_000, retryUnknownOutcome: false };

/** The policy of a call that has options of its own. */
export function policyOf(options: RetryOptions | undefined, base: Policy): Policy {
  if (options === undefined) return base;
  return {
    attempts: wholeNumber('retry.attempts', options.attempts, base.attempts, 1, 100),
    initialMs: wholeNumber('retry.initialDelayMs', options.initialDelayMs, base.initialMs, 1, 60_000),
    maxMs: wholeNumber('retry.maxDelayMs', options.maxDelayMs, base.maxMs, 1, 600_000),
    retryUnknownOutcome: options.retryUnknownOutcome ?? base.retryUnknownOutcome,
  };
}

export function timeoutOf(value: number | undefined, otherwise: number): number {
  return wholeNumber('timeoutMs', value, otherwise, 1, 3_600_000);
}

export function wholeNumber(
  name: string,
  value: number | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(name, value, `a whole number from ${least} to ${most}`);
}

/** A text that may be left out. */
export function text(name: string, value: string | null | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw invalid(name, value, 'text');
}

/** A text that must not be left out. */
export function requiredText(name: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(name, value, 'a text that is not empty');
}

function secret(name: string, value: string | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new MQError('INVALID_ARGUMENT', `${name}: a value that is no text (expected: text)`);
}

function addressesOf(value: string | readonly string[] | undefined): string[] {
  const given =
    value === undefined || value === '' ? [DEFAULT_GATEWAY] : typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(given) || given.length === 0)
    throw invalid('grpcEndpoint', value, 'host:port, or several of them');
  return [...new Set(given.map(addressOf))];
}

function addressOf(value: unknown): string {
  const address = typeof value === 'string' ? value.trim() : '';
  const port = Number(ADDRESS.exec(address)?.[3] ?? 0);
  if (port < 1 || port > 65_535) throw invalid('grpcEndpoint', value, 'host:port, or several of them');
  return address;
}

function endpointOf({ tls, apiKey, connection }: MQConfig): EndpointSettings {
  const { connectTimeoutMs, keepaliveMs, keepaliveTimeoutMs }: ConnectionOptions = connection ?? {};
  const channel: ChannelOptions = {
    'grpc.keepalive_time_ms': wholeNumber('connection.keepaliveMs', keepaliveMs, 10_000, 6_000, 3_600_000),
    'grpc.keepalive_timeout_ms': wholeNumber('connection.keepaliveTimeoutMs', keepaliveTimeoutMs, 5_000, 100, 60_000),
    'grpc.keepalive_permit_without_calls': 1,
    // Calls fail at once while a connection is not tried again, so this is about how long a gateway that is back goes
    // unused.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.max_receive_message_length': LONGEST_MESSAGE,
    // Connections of their own, so that closing a client ends them, and no lists that nobody asks for.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_channelz': 0,
    'grpc.service_config_disable_resolution': 1,
  };
  if (typeof tls === 'object' && tls?.serverName !== undefined) {
    channel['grpc.ssl_target_name_override'] = requiredText('tls.serverName', tls.serverName);
    channel['grpc.default_authority'] = tls.serverName;
  }
  return {
    credentials: credentialsOf(tls),
    tls: tls !== undefined && tls !== false,
    channel,
    connectTimeoutMs: wholeNumber('connection.connectTimeoutMs', connectTimeoutMs, 5_000, 100, 120_000),
    apiKey: keyOf(apiKey),
  };
}

function keyOf(apiKey: MQConfig['apiKey']): (() => string) | undefined {
  if (apiKey === undefined || typeof apiKey === 'function') return apiKey;
  return () => apiKey;
}

function credentialsOf(tls: boolean | TlsOptions | undefined): ChannelCredentials {
  if (tls === undefined || tls === false) return credentials.createInsecure();
  if (tls === true) return credentials.createSsl();
  if (typeof tls !== 'object' || tls === null)
    throw invalid('tls', tls, 'true, false or { ca, cert, key, serverName }');
  const ca = pem('tls.ca', tls.ca);
  const cert = pem('tls.cert', tls.cert);
  const key = pem('tls.key', tls.key);
  if ((cert === null) !== (key === null)) {
    const half = cert ? 'a cert without a key' : 'a key without a cert';
    throw new MQError('INVALID_ARGUMENT', `tls: ${half} (expected: both or none)`);
  }
  try {
    // A certificate that is none would be passed over without a word, and trust nobody.
    if (ca) new X509Certificate(ca);
    return credentials.createSsl(ca, key, cert);
  } catch (error) {
    // What OpenSSL says has nothing of a key in it.
    const reason = (error as Error).message;
    throw new MQError('INVALID_ARGUMENT', `tls: ${reason} (expected: certificates and a key as PEM)`);
  }
}

function pem(name: string, value: string | Uint8Array | undefined): Buffer | null {
  if (value === undefined) return null;
  const bytes = typeof value === 'string' || value instanceof Uint8Array ? Buffer.from(value) : undefined;
  if (bytes?.includes('-----BEGIN ')) return bytes;
  throw new MQError(
    'INVALID_ARGUMENT',
    `${name}: something else than PEM (expected: text or bytes with -----BEGIN in them)`,
  );
}
