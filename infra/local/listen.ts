import type { AddressInfo, Server } from "node:net";

/** Where a stand-in listens. */
export interface ListenOptions {
  /** The server's name in the error message. */
  readonly title?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. Only a container of its own, whose loopback nothing else can reach, gives another. */
  readonly host?: string;
}

/** Resolves with the port once the server listens; rejects with one sentence if it is taken. */
export function listen(server: Server, { title, port = 0, host = "127.0.0.1" }: ListenOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port}${title ? `, meant for ${title},` : ""} is taken by another program.`, {
              cause: error,
            })
          : error,
      );
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
