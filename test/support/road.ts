import { once } from 'node:events';
import {
  type AddressInfo,
  connect as dial,
  createServer,
  type Server,
  type Socket,
} from 'node:net';

/** A road to Temporal that can be closed, and opened again. */
export class Road {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #port = 0;

  private constructor(destination: string) {
    const [host = '', port] = destination.split(':');
    this.#server = createServer((near) => {
      const far = dial(Number(port), host);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => this.#sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
  }

  static async to(destination: string): Promise<Road> {
    const road = new Road(destination);
    await road.open();
    return road;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** The same address as before. */
  async open(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
