import { once } from 'node:events';
import { connect } from 'node:net';

/** Codes of RocketMQ's protocol. */
const GET_BROKER_CLUSTER_INFO = 106;
const UPDATE_BROKER_CONFIG = 25;
/** How the upper byte of the second length says that the header is JSON. */
const JSON_HEADER = 0;

/** Changes a setting of the broker that a name server knows, as an administrator would while it runs. */
export async function configureBroker(nameServer: string, setting: string, value: string): Promise<void> {
  const cluster = await ask(nameServer, GET_BROKER_CLUSTER_INFO, '');
  // Its keys may be bare numbers, which JSON does not allow.
  const [, broker] = /brokerAddrs"?:\{"?0"?:"([^"]+)"/.exec(cluster) ?? [];
  if (broker === undefined) throw new Error(`no broker in ${cluster}`);
  await ask(broker, UPDATE_BROKER_CONFIG, `${setting}=${value}\n`);
}

/** One request over a connection of its own; yields the body of the answer. */
async function ask(address: string, code: number, body: string): Promise<string> {
  const colon = address.lastIndexOf(':');
  const socket = connect(Number(address.slice(colon + 1)), address.slice(0, colon));
  try {
    socket.write(frame({ code, flag: 0, language: 'JAVA', opaque: 1, version: 0 }, body));
    let received = Buffer.alloc(0);
    while (received.length < 4 || received.length < 4 + received.readInt32BE(0)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      received = Buffer.concat([received, chunk]);
    }
    const headerEnd = 8 + (received.readInt32BE(4) & 0xffffff);
    const header = JSON.parse(received.toString('utf8', 8, headerEnd)) as { code: number; remark?: string };
    if (header.code !== 0) throw new Error(`${address} answered ${header.code} to ${code}: ${header.remark}`);
    return received.toString('utf8', headerEnd);
  } finally {
    socket.destroy();
  }
}

function frame(header: object, body: string): Buffer {
  const headerBytes = Buffer.from(JSON.stringify(header));
  const bodyBytes = Buffer.from(body);
  const lengths = Buffer.alloc(8);
  lengths.writeInt32BE(4 + headerBytes.length + bodyBytes.length, 0);
  lengths.writeInt32BE((JSON_HEADER << 24) | headerBytes.length, 4);
  return Buffer.concat([lengths, headerBytes, bodyBytes]);
}
