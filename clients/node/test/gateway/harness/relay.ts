import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** Passes TCP connections on, and can be told to let them go silent, as networks do that lose what they carry. */
export class Relay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mute = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(target: string, listen: { host?: string; port?: number } = {}): Promise<Relay> {
    const server = createServer();
    const relay = new Relay(server);
    const { host, port } = split(target);
    server.on('connection', (near) => relay.#pair(near, connect(port, host)));
    server.listen(listen.port ?? 0, listen.host ?? '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  /** `host:port` that it listens on. */
  get address(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `${address}:${port}`;
  }

  /** From now on nothing passes, on connections that are there and on new ones, and none is closed. */
  silence(): void {
    this.#mute = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** New connections pass again; those that went silent stay so. */
  pass(): void {
    this.#mute = false;
  }

  /** Closes what is connected. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pair(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      if (this.#mute) socket.pause();
      else socket.pipe(other);
    }
  }
}

function split(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
