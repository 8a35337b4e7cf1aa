import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy on loopback, for tests of outages. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections break and new ones are refused at once, as if the server were down. */
  cut(): void;
  /** Ends a cut. */
  mend(): void;
  /** Open connections stay open, but no byte passes any more, as after a lost network. */
  silence(): void;
  /** New connections go to another port. */
  moveTo(port: number): void;
}

/** A proxy before the server on 127.0.0.1:`port`. */
export async function tcpProxy(port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let target = port;
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return client.destroy();
    const upstream = connect(target, "127.0.0.1");
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend() {
      isCut = false;
    },
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    moveTo(other) {
      target = other;
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
