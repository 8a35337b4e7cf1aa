import { createServer, type Socket } from "node:net";
import { listen } from "../../../infra/local/listen.ts";

export interface LoopbackServer extends AsyncDisposable {
  readonly port: number;
}

/** A TCP server on 127.0.0.1 that a mail server asks. Disposing breaks its connections. */
export async function loopbackServer(converse: (socket: Socket) => void): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    converse(socket);
  });
  return {
    port: await listen(server),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
