import { createServer, type Socket } from "node:net";

/** A mail filter (Sendmail's milter protocol, version 6) that judges each message at its end. */
export interface Milter extends AsyncDisposable {
  readonly port: number;
}

/** Asks for the recipient and the end of a message only: no connect, HELO, MAIL, body, header, end of headers, unknown, DATA. */
const unwanted = 0x01 | 0x02 | 0x04 | 0x10 | 0x20 | 0x40 | 0x100 | 0x200;

/** `judge` gets the address of the recipient and returns an SMTP reply, or undefined to accept. */
export async function milter(judge: (recipient: string) => string | undefined): Promise<Milter> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    converse(socket, judge);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function converse(socket: Socket, judge: (recipient: string) => string | undefined): void {
  let bytes: Buffer = Buffer.alloc(0);
  let recipient = "";
  const answer = (command: string, data: Buffer = Buffer.alloc(0)) => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(data.length + 1);
    head.write(command, 4, "latin1");
    socket.write(Buffer.concat([head, data]));
  };
  const negotiate = () => {
    const offer = Buffer.alloc(12);
    offer.writeUInt32BE(6, 0);
    offer.writeUInt32BE(0, 4);
    offer.writeUInt32BE(unwanted, 8);
    answer("O", offer);
  };
  const take = (command: string, data: Buffer) => {
    if (command === "O") return negotiate();
    if (command === "Q") return void socket.end();
    // Macros and an aborted message have no response.
    if (command === "D" || command === "A") return;
    if (command === "R") recipient = /<?([^<>\0]*)/.exec(data.toString("latin1"))?.[1] ?? "";
    const reply = command === "E" ? judge(recipient) : undefined;
    if (reply === undefined) answer("c");
    else answer("y", Buffer.from(`${reply}\0`, "latin1"));
  };
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const end = 4 + bytes.readUInt32BE(0);
      take(bytes.toString("latin1", 4, 5), bytes.subarray(5, end));
      bytes = bytes.subarray(end);
    }
  });
}
