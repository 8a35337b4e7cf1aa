import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

/** A TCP proxy on loopback, for tests of outages and of how many connections are open. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Most connections that clients had open at the same time. */
  readonly mostOpen: number;
  /** Connections break and new ones are refused at once, as if the server were down. */
  cut(): void;
  /** Ends a cut. */
  mend(): void;
  /** Open connections stay open, but no byte passes any more, as after a lost network. */
  silence(): void;
  /** From now on every byte arrives this much later, in each direction. */
  delay(milliseconds: number): void;
  /** New connections go to another port. */
  moveTo(port: number): void;
}

/** A proxy before the server on 127.0.0.1:`port`. */
export async function tcpProxy(port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let mostOpen = 0;
  let target = port;
  let isCut = false;
  let delayMilliseconds = 0;
  const server = createServer((client) => {
    if (isCut) return client.destroy();
    const upstream = connect(target, "127.0.0.1");
    clients.add(client);
    mostOpen = Math.max(mostOpen, clients.size);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        clients.delete(socket);
        other.destroy();
      });
      socket.pipe(delayed(() => delayMilliseconds)).pipe(other);
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
    get mostOpen() {
      return mostOpen;
    },
    cut,
    mend() {
      isCut = false;
    },
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    delay(milliseconds) {
      delayMilliseconds = milliseconds;
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

/** Passes each chunk on in order, `milliseconds` after it came. */
function delayed(milliseconds: () => number): Transform {
  let last: Promise<unknown> = Promise.resolve();
  return new Transform({
    transform(chunk, _encoding, taken) {
      const arrival = pause(milliseconds());
      last = Promise.all([last, arrival]).then(() => this.push(chunk));
      taken();
    },
    flush(ended) {
      void last.then(() => ended());
    },
  });
}
