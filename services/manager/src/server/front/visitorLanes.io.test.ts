import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { type LaneName, visitorLanes } from "./visitorLanes.ts";

const stalled: Socket[] = [];
afterEach(() => {
  for (const socket of stalled.splice(0)) socket.destroy();
});

/** More than the buffers between two sockets hold. */
const large = Buffer.alloc(32 * 1024 * 1024, "x");

/** As a route sends a page (in one piece) or a file (as fast as it is read). */
async function serve(lane: LaneName, sends: "page" | "file") {
  const lanes = visitorLanes();
  const server = createServer((request, response) => {
    void lanes.run(lane, response, () => {
      if (request.url === "/small") response.end("small");
      else if (request.method === "POST")
        text(request).then(
          (body) => response.end(body),
          () => {},
        );
      else if (sends === "page") response.end(large);
      else Readable.from([large, large]).pipe(response);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    async stall(method = "GET") {
      const socket = connect(port, "127.0.0.1").pause();
      stalled.push(socket);
      await once(socket, "connect");
      const body = method === "POST" ? "Content-Length: 26\r\n" : "";
      socket.write(`${method} /large HTTP/1.1\r\nHost: x\r\n${body}\r\n`);
    },
    small: async () => (await fetch(`http://127.0.0.1:${port}/small`)).text(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test.each([
  ["view", "page", 8],
  ["other", "file", 24],
] as const)("clients that read nothing do not keep others out of the lane %s", async (lane, sends, clients) => {
  await using served = await serve(lane, sends);
  for (let n = 0; n < clients; n += 1) await served.stall();
  const startedAt = performance.now();
  expect(await served.small()).toBe("small");
  // Each would hold its slot for 5 s in the lane of views, for 1 s in the other.
  expect(performance.now() - startedAt).toBeLessThan(4000);
});

test("clients whose request never ends do not keep others out of the lane of unsubscriptions", async () => {
  await using served = await serve("unsubscribe", "page");
  for (let n = 0; n < 24; n += 1) await served.stall("POST");
  const startedAt = performance.now();
  expect(await served.small()).toBe("small");
  expect(performance.now() - startedAt).toBeLessThan(4000);
});
