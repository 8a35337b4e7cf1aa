import { createServer, type Socket } from "node:net";

export interface Greylisting extends AsyncDisposable {
  readonly port: number;
  /** How often someone was asked to come again. */
  readonly deferred: number;
}

/**
 * A policy service of Postfix (SMTPD_POLICY_README) that greylists: a recipient is refused until `milliseconds` after they were
 * first named.
 */
export async function greylisting(milliseconds: number): Promise<Greylisting> {
  const firstSeen = new Map<string, number>();
  const sockets = new Set<Socket>();
  let deferred = 0;
  const judge = (recipient: string) => {
    const seen = firstSeen.get(recipient) ?? performance.now();
    firstSeen.set(recipient, seen);
    if (performance.now() - seen >= milliseconds) return "DUNNO";
    deferred += 1;
    return "DEFER 4.7.1 Greylisted, please try again in a moment";
  };
  const server = createServer((socket) => {
    let text = "";
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      const requests = (text + chunk.toString("latin1")).split("\n\n");
      text = requests.pop()!;
      for (const request of requests) socket.write(`action=${judge(/^recipient=(.*)$/m.exec(request)?.[1] ?? "")}\n\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    get deferred() {
      return deferred;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
