import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a mail server on which it is counted how many connections are open. */
export interface WatchedDoor extends AsyncDisposable {
  readonly port: number;
  /** Most connections that were open at the same time. */
  readonly mostOpen: number;
}

export async function watchedDoor(target: number): Promise<WatchedDoor> {
  const open = new Set<Socket>();
  let mostOpen = 0;
  const server = createServer((client) => {
    open.add(client);
    mostOpen = Math.max(mostOpen, open.size);
    const upstream = connect(target, "127.0.0.1");
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get mostOpen() {
      return mostOpen;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
