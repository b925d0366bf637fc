#!/usr/bin/env node
// Loads a gateway: many clients, each with a connection and a producer of its own, send one message after the other. Tells how
// many per second, how long they took and what the gateway says of itself. See --help.
'use strict';
const { readFileSync } = require('node:fs');
const { performance } = require('node:perf_hooks');
const { parseArgs } = require('node:util');
const { MQClient, MQError } = require('@sluice/client');

const FAILED = 1;
const USAGE = 2;
const UNAVAILABLE = 69;

/** Flag, environment variable, default, what it is; a number with its least value, or text. */
const FLAGS = [
  ['clients', 'CLIENTS', 50, 'how many clients send at once', 1],
  ['messages', 'MESSAGES', 100, 'how many messages each of them sends', 1],
  ['levels', 'LEVELS', '', 'several numbers of clients, one after the other, such as 10,50,100'],
  ['warm-up', 'WARM_UP', 0, 'messages that are sent in all before each measurement', 0],
  ['size', 'SIZE', 100, 'bytes of a body', 1],
  ['topic', 'TOPIC', 'performance-test', 'where to'],
  ['endpoint', 'GRPC_ENDPOINT', 'localhost:50051', 'the gateway, or several separated by commas'],
  ['metrics', 'METRICS_URL', 'http://localhost:8080/metrics', "the gateway's own metrics; empty for none"],
  ['api-key-file', 'SLUICE_API_KEY_FILE', '', 'a file with an API key'],
  ['tls-ca', 'SLUICE_TLS_CA', '', "a file with who signed the gateway's certificate; without it plain text"],
  ['min-rate', 'MIN_RATE', 0, 'fail below so many messages per second', 0],
  ['max-p99', 'MAX_P99', 0, 'fail where the 99th percentile takes longer, in milliseconds', 0],
];
const SWITCHES = [
  ['json', 'print JSON'],
  ['markdown', 'print a table, with a row for each level'],
  ['help', 'print this'],
];

class UsageError extends Error {}

function help() {
  const line = (flag, what, otherwise) => `  ${flag.padEnd(16)} ${what}${otherwise}`;
  return [
    'usage: node performance-test.js [--<flag>=<value>]...',
    '',
    ...FLAGS.map(([flag, variable, value, what]) =>
      line(`--${flag}`, what, ` (${variable}${value === '' ? '' : `; ${value}`})`),
    ),
    ...SWITCHES.map(([flag, what]) => line(`--${flag}`, what, '')),
    '',
    'Exit codes: 0 all went well, 1 a message failed or a figure is not good enough, 2 a flag is wrong, 69 no gateway.',
  ].join('\n');
}

/** What flags and environment say. */
function read(argv, environment) {
  const options = Object.fromEntries([
    ...FLAGS.map(([flag]) => [flag, { type: 'string' }]),
    ...SWITCHES.map(([flag]) => [flag, { type: 'boolean' }]),
  ]);
  let given;
  try {
    given = parseArgs({ args: argv, options }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
  const said = { ...given };
  for (const [flag, variable, otherwise, , least] of FLAGS) {
    // An empty variable counts as not set.
    const text = given[flag] ?? (environment[variable] || String(otherwise));
    said[flag] = least === undefined ? text : number(`--${flag}`, text, least);
  }
  const levels =
    said.levels === '' ? [said.clients] : said.levels.split(',').map((each) => number('--levels', each, 1));
  return { ...said, levels };
}

function number(name, text, least) {
  const value = text.trim() === '' ? NaN : Number(text);
  // Thresholds may be fractions.
  const whole = name !== '--min-rate' && name !== '--max-p99';
  if (!Number.isFinite(value) || value < least || (whole && !Number.isSafeInteger(value))) {
    throw new UsageError(`${name}: ${text} (expected: a ${whole ? 'whole ' : ''}number from ${least})`);
  }
  return value;
}

function configuration(options) {
  const file = (name) => readFileSync(options[name], 'utf8').trim();
  return {
    grpcEndpoint: options.endpoint,
    instanceId: 'performance-test',
    ...(options['api-key-file'] ? { apiKey: file('api-key-file') } : {}),
    ...(options['tls-ca'] ? { tls: { ca: file('tls-ca') } } : {}),
  };
}

/** One level: so many clients at once. */
async function measure(options, clients) {
  const config = configuration(options);
  const open = Array.from({ length: clients }, () => new MQClient(config));
  try {
    const begun = performance.now();
    const producers = await Promise.all(open.map((client) => client.getProducer(config.instanceId, options.topic)));
    const setUpSeconds = (performance.now() - begun) / 1000;
    const body = 'A'.repeat(options.size);
    await load(producers, Math.ceil(options['warm-up'] / clients), body);
    const before = await metrics(options.metrics);
    const loaded = await load(producers, options.messages, body);
    const after = await metrics(options.metrics);
    const memoryMb = process.memoryUsage.rss() / 1e6;
    return { clients, messages: options.messages, setUpSeconds, ...loaded, memoryMb, gateway: { before, after } };
  } finally {
    await Promise.all(open.map((client) => client.close()));
  }
}

async function load(producers, messages, body) {
  const latencies = new Float64Array(producers.length * messages);
  const failures = {};
  let sent = 0;
  const begin = performance.now();
  await Promise.all(
    producers.map(async (producer) => {
      for (let i = 0; i < messages; i++) {
        const sentAt = performance.now();
        try {
          await producer.publishMessage(body, 'performance-test');
          latencies[sent++] = performance.now() - sentAt;
        } catch (error) {
          const code = error.code ?? error.name;
          failures[code] ??= { count: 0, first: error.message };
          failures[code].count++;
        }
      }
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  const sorted = latencies.subarray(0, sent).sort();
  const at = (part) => sorted[Math.max(0, Math.ceil(sent * part) - 1)] ?? 0;
  return {
    sent,
    failed: producers.length * messages - sent,
    failures,
    seconds,
    rate: seconds > 0 ? sent / seconds : 0,
    milliseconds: {
      mean: sent > 0 ? sorted.reduce((sum, each) => sum + each, 0) / sent : 0,
      p50: at(0.5),
      p90: at(0.9),
      p99: at(0.99),
      max: at(1),
    },
  };
}

/** The gateway's figures; none where it does not tell them. */
async function metrics(url) {
  if (url === '') return {};
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.json();
  } catch (error) {
    console.error(`no metrics from ${url}: ${error.cause?.message ?? error.message}`);
    return {};
  }
}

const whole = (value) => Math.round(value).toLocaleString('en');
const exact = (value) => value.toFixed(value < 10 ? 2 : 1);

function printText(options, result) {
  const line = (name, value) => console.log(`${name.padEnd(10)} ${value}`);
  console.log(`${result.clients} clients x ${result.messages} messages of ${options.size} bytes to ${options.topic}\n`);
  line('sent', result.sent);
  line('failed', result.failed);
  for (const [code, { count, first }] of Object.entries(result.failures)) line('', `${count} x ${code}: ${first}`);
  line('rate', `${whole(result.rate)} messages/s`);
  for (const [name, value] of Object.entries(result.milliseconds)) line(name, `${exact(value)} ms`);
  line('connecting', `${result.setUpSeconds.toFixed(2)} s`);
  line('memory', `${whole(result.memoryMb)} MB, of this process`);
  const { before, after } = result.gateway;
  const names = Object.keys(after).filter((name) => name in before);
  if (names.length > 0) console.log(`\n${'the gateway'.padEnd(30)} ${'before'.padStart(12)} ${'after'.padStart(12)}`);
  for (const name of names) {
    const change = after[name] - before[name];
    const shown = change === 0 ? '' : ` ${change > 0 ? '+' : ''}${Number(change.toFixed(2))}`;
    console.log(`${name.padEnd(30)} ${String(before[name]).padStart(12)} ${String(after[name]).padStart(12)}${shown}`);
  }
  console.log();
}

const COLUMNS = [
  ['clients', ({ clients }) => clients],
  ['messages/s', ({ rate }) => whole(rate)],
  ...['mean', 'p50', 'p90', 'p99', 'max'].map((name) => [`${name} ms`, (result) => exact(result.milliseconds[name])]),
  ['failed', ({ failed }) => failed],
  ['client MB', ({ memoryMb }) => whole(memoryMb)],
  [
    'gateway MB',
    ({ gateway }) => (gateway.after.resident_memory_mb === undefined ? '' : whole(gateway.after.resident_memory_mb)),
  ],
];

const row = (cells) => `| ${cells.join(' | ')} |`;

/** What is not good enough. */
function complaints(options, result) {
  const found = [];
  const { p99 } = result.milliseconds;
  if (result.failed > 0) found.push(`failed: ${result.failed} messages (expected: none)`);
  if (result.rate < options['min-rate']) {
    found.push(`rate: ${whole(result.rate)} messages/s (expected: at least ${whole(options['min-rate'])})`);
  }
  if (options['max-p99'] > 0 && p99 > options['max-p99']) {
    found.push(`p99: ${exact(p99)} ms (expected: at most ${options['max-p99']} ms)`);
  }
  return found.map((each) => `${result.clients} clients: ${each}`);
}

async function main() {
  const options = read(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(help());
    return 0;
  }
  const results = [];
  const wrong = [];
  if (options.markdown) console.log(`${row(COLUMNS.map(([name]) => name))}\n${row(COLUMNS.map(() => '---'))}`);
  for (const clients of options.levels) {
    const result = await measure(options, clients);
    results.push(result);
    wrong.push(...complaints(options, result));
    if (options.markdown) console.log(row(COLUMNS.map(([, cell]) => cell(result))));
    else if (!options.json) printText(options, result);
  }
  if (options.json) console.log(JSON.stringify(results, null, 2));
  for (const each of wrong) console.error(each);
  return wrong.length === 0 ? 0 : FAILED;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    const usage = error instanceof UsageError || (error instanceof MQError && error.code === 'INVALID_ARGUMENT');
    console.error(usage || error instanceof MQError ? error.message : error);
    process.exitCode = usage ? USAGE : error instanceof MQError && error.code === 'UNAVAILABLE' ? UNAVAILABLE : FAILED;
  },
);
