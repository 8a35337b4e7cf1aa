// The receiving end of `POST @connections`, in a process of its own, so that it does not share a core's turn with what is
// measured. It reads each post and counts; any message asks for the counts.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { PostCounts } from "./notifier.ts";

let posts = 0;
let last = 0;

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    posts += 1;
    if (Buffer.concat(parts).includes('"status":"complete"')) last += 1;
    response.writeHead(200).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.on("message", () => process.send!({ posts, last } satisfies PostCounts));
process.send!({ port: (server.address() as AddressInfo).port });
await new Promise((resolve) => process.once("disconnect", resolve));
server.closeAllConnections();
server.close();
