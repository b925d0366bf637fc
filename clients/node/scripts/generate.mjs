// Writes src/protocol.ts, the gateway's messages and calls, from its .proto file. `npm run generate` runs it; a test
// compares. It knows what that file uses of proto3: messages, enumerations, maps of text, and one service.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = new URL('../../../gateway/proto/src/main/protobuf/rocketmq.proto', import.meta.url);
const TARGET = new URL('../src/protocol.ts', import.meta.url);

const SCALARS = {
  string: { type: 'string', empty: "''", method: 'string', wire: 2 },
  bytes: { type: 'Uint8Array', empty: 'NO_BYTES', method: 'bytes', wire: 2 },
  bool: { type: 'boolean', empty: 'false', method: 'bool', wire: 0 },
  int32: { type: 'number', empty: '0', method: 'int', wire: 0 },
  int64: { type: 'number', empty: '0', method: 'int', wire: 0 },
};

/** The text of src/protocol.ts. */
export function generate() {
  const { service, messages, enums } = parse(readFileSync(SOURCE, 'utf8'));
  const written = reachable(
    messages,
    service.calls.map((call) => call.request),
  );
  const read = reachable(
    messages,
    service.calls.map((call) => call.response),
  );
  const parts = [
    '// Generated from gateway/proto/src/main/protobuf/rocketmq.proto by `npm run generate`. Do not change it by hand.',
    "import { Reader, Writer } from './wire.js';",
    'const NO_BYTES = Buffer.alloc(0);',
    METHOD,
    ...enums.map(enumeration),
    ...messages.map((message) => interfaceOf(message, read.has(message.name), enums)),
    ...messages.filter((message) => written.has(message.name)).map((message) => writer(message, enums)),
    ...messages.filter((message) => read.has(message.name)).map((message) => reader(message, enums)),
    ENCODED,
    ...service.calls.map((call) => callOf(service, call)),
  ];
  return parts.join('\n\n') + '\n';
}

const METHOD = `/** A call of the gateway's. */
export interface Method<Q, R> {
  readonly path: string;
  readonly encode: (request: Q) => Buffer;
  readonly decode: (response: Buffer) => R;
}`;

const ENCODED = `function encoded<T>(write: (to: Writer, message: T) => void, message: T): Buffer {
  const writer = new Writer();
  write(writer, message);
  return writer.finish();
}`;

function parse(text) {
  const source = text.replace(/\/\/.*$/gm, '');
  const packageName = source.match(/^package ([\w.]+);/m)[1];
  const blocks = [...source.matchAll(/^(message|enum|service) (\w+) \{([^}]*)\}/gm)];
  const of = (kind) => blocks.filter((block) => block[1] === kind).map(([, , name, body]) => ({ name, body }));
  const [{ name, body }] = of('service');
  return {
    service: {
      name: `${packageName}.${name}`,
      calls: [...body.matchAll(/rpc (\w+)\((\w+)\)\s+returns \((?:stream )?(\w+)\);/g)].map(
        ([, call, request, response]) => ({
          name: call,
          request,
          response,
        }),
      ),
    },
    enums: of('enum').map((each) => ({
      name: each.name,
      values: [...each.body.matchAll(/(\w+) = (\d+);/g)].map(([, value, number]) => ({ value, number })),
    })),
    messages: of('message').map((each) => ({ name: each.name, fields: fieldsOf(each) })),
  };
}

function fieldsOf({ name, body }) {
  const statements = body.split(';').map((statement) => statement.trim());
  return statements.filter(Boolean).map((statement) => {
    const match = statement.match(/^(repeated )?(map<string, string>|\w+) (\w+) = (\d+)$/);
    if (!match) throw new Error(`${name}: ${statement} (expected: a field)`);
    const [, repeated, type, field, number] = match;
    return { type, name: camel(field), number: Number(number), repeated: repeated !== undefined };
  });
}

function reachable(messages, names) {
  const found = new Set();
  const visit = (name) => {
    const message = messages.find((each) => each.name === name);
    if (!message || found.has(name)) return;
    found.add(name);
    message.fields.forEach((field) => visit(field.type));
  };
  names.forEach(visit);
  return found;
}

function enumeration({ name, values }) {
  return `export enum ${name} {\n${values.map(({ value, number }) => `  ${value} = ${number},\n`).join('')}}`;
}

function interfaceOf({ name, fields }, read, enums) {
  const lines = fields.map((field) => {
    const optional = !read || isMessage(field, enums) ? '?' : '';
    const type = typeOf(field);
    return `  ${field.name}${optional}: ${optional ? `${type} | undefined` : type};\n`;
  });
  return lines.length === 0
    ? `export type ${name} = Record<string, never>;`
    : `export interface ${name} {\n${lines.join('')}}`;
}

function isMessage({ type, repeated }, enums) {
  return !repeated && !isMap(type) && !(type in SCALARS) && !enums.some((each) => each.name === type);
}

function isMap(type) {
  return type.startsWith('map');
}

function typeOf({ type, repeated }) {
  if (isMap(type)) return 'Record<string, string>';
  const one = SCALARS[type]?.type ?? type;
  return repeated ? `${one}[]` : one;
}

function writer({ name, fields }, enums) {
  const lines = fields.map((field) => {
    const value = `message.${field.name}`;
    if (isMap(field.type)) return `  to.map(${field.number}, ${value});\n`;
    if (field.repeated && field.type === 'string') return `  to.strings(${field.number}, ${value});\n`;
    if (field.repeated) return `  to.messages(${field.number}, ${value}, write${field.type});\n`;
    if (isMessage(field, enums)) return `  to.message(${field.number}, ${value}, write${field.type});\n`;
    return `  to.${SCALARS[field.type]?.method ?? 'int'}(${field.number}, ${value});\n`;
  });
  return lines.length === 0
    ? `function write${name}(): void {}`
    : `function write${name}(to: Writer, message: Readonly<${name}>): void {\n${lines.join('')}}`;
}

function reader({ name, fields }, enums) {
  const initial = fields
    .filter((field) => !isMessage(field, enums))
    .map((field) => `    ${field.name}: ${emptyOf(field)},\n`);
  const cases = fields.map((field) => {
    const wire = SCALARS[field.type]?.wire ?? (enums.some((each) => each.name === field.type) ? 0 : 2);
    return `      case ${field.number * 8 + wire}:\n        ${statement(field, enums)}\n        break;\n`;
  });
  return (
    `function read${name}(from: Reader): ${name} {\n` +
    `  const message: ${name} = {\n${initial.join('')}  };\n` +
    '  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {\n' +
    `    switch (tag) {\n${cases.join('')}      default:\n        from.skip(tag);\n    }\n  }\n` +
    '  return message;\n}'
  );
}

function emptyOf({ type, repeated }) {
  if (repeated) return '[]';
  if (isMap(type)) return '{}';
  return SCALARS[type]?.empty ?? '0';
}

function statement(field, enums) {
  const value = `message.${field.name}`;
  if (isMap(field.type)) return `from.entry(${value});`;
  if (field.repeated && field.type === 'string') return `${value}.push(from.string());`;
  if (field.repeated) return `${value}.push(from.message(read${field.type}));`;
  if (isMessage(field, enums)) return `${value} = from.message(read${field.type});`;
  return `${value} = from.${SCALARS[field.type]?.method ?? 'int'}();`;
}

function callOf(service, { name, request, response }) {
  return (
    `export const ${name}: Method<${request}, ${response}> = {\n` +
    `  path: '/${service.name}/${name}',\n` +
    `  encode: (request) => encoded(write${request}, request),\n` +
    `  decode: (response) => read${response}(new Reader(response)),\n};`
  );
}

function camel(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, generate());
