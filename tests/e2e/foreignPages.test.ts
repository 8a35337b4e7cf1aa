import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listen } from "../../infra/local/listen.ts";
import { openBrowser } from "./browser.ts";
import { type Story, startStory } from "./story.ts";

let story: Story;
let listening: { readonly host: string; readonly port: number }[];
beforeAll(async () => {
  story = await startStory(20);
  listening = listeners();
}, 120_000);
afterAll(() => story?.[Symbol.asyncDispose]());

const portOf = (url: string) => Number(new URL(url).port);
const evil = "https://evil.example";

/** Every TCP address this process and those it started listen on, as the kernel lists them. */
function listeners() {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(processes.map((pid) => [pid, /^PPid:\s+(\d+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1]]));
  const isOurs = (pid?: string): boolean =>
    pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
  const sockets = new Set(
    processes.filter(isOurs).flatMap((pid) => {
      const links = namesIn(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
      return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
    }),
  );
  const rows = ["tcp", "tcp6"].flatMap((table) => textOf(`/proc/net/${table}`).split("\n").slice(1));
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = ""]) => state === "0A" && sockets.has(inode))
    .map(([, local = ""]) => {
      const [address = "", port = ""] = local.split(":");
      const bytes = address.slice(-8).match(/../g) ?? [];
      return {
        host: bytes
          .map((byte) => Number.parseInt(byte, 16))
          .toReversed()
          .join("."),
        port: Number.parseInt(port, 16),
      };
    });
}

const orNothing = <Value>(read: () => Value, nothing: Value): Value => {
  try {
    return read();
  } catch {
    // The process has ended meanwhile.
    return nothing;
  }
};
const textOf = (path: string) => orNothing(() => readFileSync(path, "utf8"), "");
const namesIn = (path: string) => orNothing(() => readdirSync(path), []);
const targetOf = (path: string) => orNothing(() => readlinkSync(path), "");

/** What comes back for these bytes until the other side closes, or says nothing more for a second. */
function send({ host, port }: { host: string; port: number }, lines: readonly string[], body = ""): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect({ host, port }, () => socket.write(`${[...lines, "", body].join("\r\n")}`));
    socket.setTimeout(1000, () => socket.destroy());
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.once("close", () => resolve(said));
  });
}

const simple = ["Content-Type: text/plain", "Content-Length: 2"];
const signed = "Authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, Signature=0";
/** What a page can make a browser send: method, host by which it asks, other fields. */
const attacks: Record<string, (own: string) => [string, string, ...string[]]> = {
  "a request of a page elsewhere": (own) => ["POST", own, `Origin: ${evil}`, ...simple],
  "a request of a page without an origin": (own) => ["POST", own, "Origin: null", ...simple],
  "a page of another port": (own) => ["POST", own, "Origin: http://127.0.0.1:3000", ...simple],
  "a preflight": (own) => [
    "OPTIONS",
    own,
    `Origin: ${evil}`,
    "Access-Control-Request-Method: POST",
    "Access-Control-Request-Headers: authorization,x-amz-target",
    "Access-Control-Request-Private-Network: true",
  ],
  "a handshake of a WebSocket": (own) => [
    "GET",
    own,
    `Origin: ${evil}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ],
  "a picture of a page elsewhere": (own) => ["GET", own, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"],
  "a rebound name": () => ["POST", "evil.example", "Origin: http://evil.example", signed, ...simple],
  "a rebound name, read": () => ["GET", "evil.example", "Sec-Fetch-Site: same-origin"],
};

describe.skipIf(process.platform !== "linux")("a web page of another site", () => {
  test("acceptance 77: is refused on every port the stack listens on, and reads none", {
    timeout: 60_000,
  }, async () => {
    const { stack } = story;
    // Parts besides the HTTP stand-ins: the product itself, SMTP and Redis; the web site, which holds nothing, at any name.
    const manager = portOf(stack.managerUrl);
    const others = new Set([manager, portOf(stack.redisUrl), stack.inbox.smtpPort]);
    expect(listening.length).toBeGreaterThanOrEqual(15);
    const responses: { port: number; name: string; response: string | undefined }[] = [];
    let guarded = 0;
    for (const at of listening) {
      expect(at.host).toMatch(/^127\./);
      // The database behind its guard listens where no browser goes, by the standard that this `fetch` follows too.
      const blocked = await fetch(`http://${at.host}:${at.port}/`).then(
        () => false,
        ({ cause }) => cause?.message === "bad port",
      );
      if (blocked) continue;
      const said = await Promise.all(
        Object.entries(attacks).map(async ([name, attack]) => {
          const [method, host, ...fields] = attack(`127.0.0.1:${at.port}`);
          const response = await send(at, [`${method} /local HTTP/1.1`, `Host: ${host}`, ...fields], "{}");
          return { port: at.port, name, response };
        }),
      );
      for (const { name, response } of said)
        expect.soft(response, `${name} on port ${at.port}`).not.toMatch(/access-control-allow/i);
      if (others.has(at.port)) continue;
      const isSite = ({ response }: { response: string }) => response.includes("This page stands in for a site");
      if (!said.some(isSite)) guarded += 1;
      responses.push(
        ...said.filter((one) => !isSite(one)).map((one) => ({ ...one, response: one.response.split("\r\n")[0] })),
      );
    }
    expect(responses.filter(({ response }) => !response?.startsWith("HTTP/1.1 403"))).toEqual([]);
    // DynamoDB, the rest of AWS, inbox, Mailchimp, gateway, queue board, issuer, and the health of four services.
    expect(guarded).toBeGreaterThanOrEqual(11);
  });

  test("acceptance 77: speaks neither SMTP nor Redis through a request", { timeout: 60_000 }, async () => {
    const { inbox, redisUrl } = story.stack;
    const post = (length: number) => [
      "POST / HTTP/1.1",
      "Host: 127.0.0.1",
      `Origin: ${evil}`,
      "Content-Type: text/plain",
      `Content-Length: ${length}`,
    ];
    const before = inbox.messages().length;
    const mail = [
      "EHLO evil.example",
      "MAIL FROM:<a@evil.example>",
      "RCPT TO:<b@evil.example>",
      "DATA",
      "Subject: evil",
      "",
      "evil",
      ".",
      "QUIT",
      "",
    ].join("\r\n");
    await send({ host: "127.0.0.1", port: inbox.smtpPort }, post(mail.length), mail);
    expect(inbox.messages().length).toBe(before);

    const commands = "SET evil yes\r\n*3\r\n$3\r\nSET\r\n$4\r\nevil\r\n$3\r\nyes\r\n";
    await send({ host: "127.0.0.1", port: portOf(redisUrl) }, post(commands.length), commands);
    const redis = new Redis(redisUrl);
    expect(await redis.get("evil")).toBeNull();
    redis.disconnect();
  });

  test("acceptance 77: reaches nothing from a real browser", { timeout: 90_000 }, async () => {
    const { stack } = story;
    const { awsUrl, dynamoUrl, webSocketUrl } = stack.access;
    // The site is a page elsewhere by its name, which leads to this machine as a rebound one does.
    await using browser = await openBrowser(["--host-resolver-rules=MAP *.test 127.0.0.1"]);
    const page = await browser.newPage();
    const site = createServer((_, response) => response.setHeader("content-type", "text/html").end("<p>evil"));
    const port = await listen(site, {});
    await page.goto(`http://evil.test:${port}/`);
    const addresses = listening.map(({ host, port }) => `http://${host}:${port}/`);
    const reached = await page.evaluate(
      async ({ list, body }) => {
        const targets = { "x-amz-target": "DynamoDB_20120810.ListTables", authorization: "AWS4-HMAC-SHA256 x" };
        const found: string[] = [];
        for (const address of list) {
          const tries: RequestInit[] = [{}, { method: "POST", body }, { method: "POST", body, headers: targets }];
          for (const init of tries)
            await fetch(address, init).then(
              () => found.push(address),
              () => {},
            );
        }
        return found;
      },
      { list: addresses, body: "{}" },
    );
    expect(reached).toEqual([]);
    const opened = await page.evaluate(
      (address) =>
        new Promise((resolve) => {
          const socket = new WebSocket(address);
          socket.onopen = () => resolve("open");
          socket.onerror = () => resolve("refused");
        }),
      webSocketUrl,
    );
    expect(opened).toBe("refused");
    for (const url of [awsUrl, dynamoUrl, stack.inbox.url, stack.queueBoardUrl, stack.mailchimp.pageUrl]) {
      const response = await page.goto(`http://evil.test:${portOf(url)}/`);
      expect(response?.status(), url).toBe(403);
    }
    site.close();
    // The same browser uses it as its own.
    expect((await page.goto(stack.inbox.url))?.status()).toBe(200);
  });
});
