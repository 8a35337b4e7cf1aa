import type { Socket } from "node:net";
import { type LoopbackServer, loopbackServer } from "./loopbackServer.ts";

/** Asks for the recipient and the end of a message only: no connect, HELO, MAIL, body, header, end of headers, unknown, DATA. */
const unwanted = 0x01 | 0x02 | 0x04 | 0x10 | 0x20 | 0x40 | 0x100 | 0x200;

/** The reply to a message for this recipient, as SMTP; undefined accepts it. */
type Judge = (recipient: string) => string | undefined;

/** A mail filter (Sendmail's milter protocol, version 6) that judges each message at its end. */
export function milter(judge: Judge): Promise<LoopbackServer> {
  return loopbackServer((socket) => converse(socket, judge));
}

function converse(socket: Socket, judge: Judge): void {
  let bytes: Buffer = Buffer.alloc(0);
  let recipient = "";
  const respond = (command: string, data: Buffer = Buffer.alloc(0)) => {
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
    respond("O", offer);
  };
  const take = (command: string, data: Buffer) => {
    if (command === "O") return negotiate();
    if (command === "Q") return void socket.end();
    // Macros and an aborted message have no response.
    if (command === "D" || command === "A") return;
    if (command === "R") recipient = /<?([^<>\0]*)/.exec(data.toString("latin1"))?.[1] ?? "";
    const reply = command === "E" ? judge(recipient) : undefined;
    if (reply === undefined) respond("c");
    else respond("y", Buffer.from(`${reply}\0`, "latin1"));
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
