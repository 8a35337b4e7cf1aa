import { globSync, readFileSync } from "node:fs";
import http from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { requestRates } from "@email-agent/shared/kit/requestRates.ts";
import { silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sessions } from "../../services/manager/src/server/signIn/session.ts";
import { type Story, startStory } from "./story.ts";

// Six processes, thirty clients and other stories share the machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const SESSION_SECRET = "a secret of this story of more than 32 characters";
const agent = new http.Agent({ keepAlive: true, maxSockets: 200 });
let story: Story;
let cookie: string;
let orderId: string;
beforeAll(async () => {
  story = await startStory(60, { variables: { SESSION_SECRET, TRUSTED_PROXIES: "1" } });
  const { aws, tables, managerUrl } = story.stack;
  const writer = await configTable(aws, tables, { log: silentLog }).user("writer");
  const session = sessions({ SESSION_SECRET, MANAGER_URL: managerUrl }, systemClock);
  cookie = (await session.begin("writer", writer)).split(";")[0] ?? "";
  orderId = (await story.order("SUMMER26", "reg")).id;
});
afterAll(async () => {
  agent.destroy();
  await story?.[Symbol.asyncDispose]();
});

interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** One request as it stands, without what a browser would do to it. */
function ask(method: string, path: string, headers: http.OutgoingHttpHeaders = {}, body?: string): Promise<Reply> {
  const { hostname, port } = new URL(story.stack.managerUrl);
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const request = http.request({ agent, hostname, port, method, path, headers }, async (response) => {
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part);
    resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() });
  });
  request.on("error", reject);
  // A refused CONNECT arrives as this event.
  request.on("connect", ({ statusCode = 0, headers }, socket, head) => {
    socket.destroy();
    resolve({ status: statusCode, headers, text: head.toString() });
  });
  request.end(body);
  return promise;
}

const signedIn = () => ({ cookie, origin: story.stack.managerUrl, "content-type": "application/json" });

const app = join(import.meta.dirname, "..", "..", "services", "manager", "src", "app");
/** Every route and page of the Email Manager as `src/app` has them, with the methods it takes. */
function places(): { readonly place: string; readonly methods: string[] }[] {
  return globSync("**/{route.ts,page.tsx}", { cwd: app }).map((file) => {
    const place = `/${file.replaceAll("\\", "/").replaceAll(/\([^)]+\)\//g, "")}`.replace(
      /\/(?:route\.ts|page\.tsx)$/,
      "",
    );
    if (file.endsWith("page.tsx")) return { place: place || "/", methods: ["GET", "HEAD"] };
    const source = readFileSync(join(app, file), "utf8");
    const words = source.matchAll(/\b(GET|POST|PUT|PATCH|DELETE)\b/g);
    const found = new Set([...words].map(([word]) => word));
    return { place, methods: found.has("GET") ? [...found, "HEAD"] : [...found] };
  });
}
const filled = (place: string, id: string) =>
  place.replace("[[...path]]", "nothing/here").replaceAll(/\[[^\]]+\]/g, id);

const everyMethod =
  "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND PROPPATCH LOCK SEARCH M-SEARCH QUERY FOO".split(" ");

describe("whatever is asked", () => {
  test("acceptance 76: a method that a route or page does not take is 405 with Allow, an odd one too, signed in or not", async () => {
    const found = places();
    expect(found.length).toBeGreaterThan(25);
    for (const { place, methods } of found)
      for (const method of everyMethod.filter((one) => !methods.includes(one)))
        for (const headers of [{}, signedIn()]) {
          const { status, headers: sent, text } = await ask(method, filled(place, orderId), headers);
          const what = `${method} ${place}`;
          expect(status, what).toBe(405);
          // CONNECT names a host, not one of our addresses.
          if (method !== "CONNECT") expect(sent.allow?.split(", ").sort(), what).toEqual([...methods].sort());
          if (method !== "HEAD") expect(text, what).toContain("is not possible at this address");
        }
  });

  test("HEAD works where GET does", async () => {
    for (const { place, methods } of places().filter((one) => one.methods.includes("GET"))) {
      const path = filled(place, "wo-01JD0000000000000000000000");
      const [get, head] = [await ask("GET", path, signedIn()), await ask("HEAD", path, signedIn())];
      expect(head.status, `${methods} ${place}`).toBe(get.status);
      expect(head.text).toBe("");
    }
  });

  const oddParts = [
    ...["%E0%A4%A", "%00", "x%00y", "..%2f..%2fetc%2fpasswd", "%2e%2e", "%5c", "__proto__", "constructor", "%0d%0aX:y"],
    ...["%F0%9F%98%80", "%ud800", "{}", "%25", "a".repeat(7000)],
  ];
  test("acceptance 76: no address makes a route or page fail", async () => {
    const failed: string[] = [];
    for (const { place, methods } of places())
      for (const part of oddParts)
        for (const method of methods.filter((one) => one !== "HEAD")) {
          const path = place.includes("[") ? filled(place, part) : `${place === "/" ? "" : place}/${part}`;
          const asked = `${path}?after=%00&cursor=%E0&list=__proto__&language=%00&search=%5B&participant=..&mailing=x`;
          const { status } = await ask(method, asked, signedIn(), method === "GET" ? undefined : "{}");
          if (status >= 500 || (status === 200 && method !== "GET"))
            failed.push(`${status} ${method} ${asked.slice(0, 120)}`);
        }
    expect(failed).toEqual([]);
  });

  const queries = [
    ...["?list=dry-run&language=EN&cursor=e30", "?list=send&language=EN&cursor=%00", "?list=send&language=__proto__"],
    ...[
      "?list=send&language=EN&search=%00",
      "?after=C%23&points=%00",
      "?mailing=%00&list=x",
      "?participant=%00&source=x",
    ],
    ...[
      "?list=left-out&language=EN&reason=__proto__",
      `?search=${"x".repeat(5000)}`,
      "?language=EN&participant=%F0%9F%98%80",
    ],
  ];
  test("acceptance 76: no query makes a route fail", async () => {
    const failed: string[] = [];
    for (const { place } of places().filter(({ methods }) => methods.includes("GET")))
      for (const query of queries) {
        const { status } = await ask("GET", `${filled(place, orderId)}${query}`, signedIn());
        if (status >= 500) failed.push(`${status} ${place}${query.slice(0, 80)}`);
      }
    expect(failed).toEqual([]);
  });

  const bodies: [string, string, string][] = [
    ["no JSON", "{", "application/json"],
    ["nothing", "", "application/json"],
    ["null", "null", "application/json"],
    ["a list", "[]", "application/json"],
    ["numbers for texts", '{"fields":1,"commandId":2,"token":3,"answer":[]}', "application/json"],
    ["another prototype", '{"__proto__":{"role":"admin"},"constructor":{}}', "application/json"],
    ["lists in lists", "[".repeat(50_000), "application/json"],
    ["bytes that are no text", "\u0000\u0001", "application/json"],
    ["another type", "a=1", "application/x-www-form-urlencoded"],
    ["a form with files", "--x--", "multipart/form-data; boundary=x"],
    ["two megabytes", `"${"x".repeat(2e6)}"`, "application/json"],
  ];
  test.each(bodies)("acceptance 76: a body of %s is refused with one sentence", async (_, body, type) => {
    for (const { place, methods } of places().filter((one) => one.place.startsWith("/api/work-orders")))
      for (const method of methods.filter((one) => one !== "GET" && one !== "HEAD")) {
        const headers = { ...signedIn(), "content-type": type, "content-length": Buffer.byteLength(body) };
        const reply = await ask(method, filled(place, "wo-01JD0000000000000000000000"), headers, body);
        expect([reply.status >= 400, reply.status < 500], `${reply.status} ${method} ${place}`).toEqual([true, true]);
        expect(JSON.parse(reply.text).error.message, `${method} ${place}`).toMatch(/^[A-Z\d].*[.!]$/s);
      }
  });

  const heads = [
    ...[
      "GARBAGE",
      "GET /a b HTTP/1.1\r\nHost: x",
      "GET * HTTP/1.1\r\nHost: x",
      "GET http://evil.example/ HTTP/1.1\r\nHost: x",
    ],
    ...["GET /\u0000 HTTP/1.1\r\nHost: x", "POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: x", "GET / HTTP/1.1"],
    ...[`GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: x`, `GET /${"a".repeat(9000)} HTTP/1.1\r\nHost: x`],
    "POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
  ];
  test.each(heads.map((head) => [head.slice(0, 60), head]))(
    "what is no request of ours, %j, is 4xx",
    async (_, head) => {
      const { hostname, port } = new URL(story.stack.managerUrl);
      const socket = connect(Number(port), hostname);
      socket.write(`${head}\r\nConnection: close\r\n\r\n`);
      let text = "";
      socket.on("error", () => {});
      for await (const part of socket) text += part;
      expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    },
  );
});

describe("a flood", () => {
  const median = (values: number[]) => values.sort((one, other) => one - other)[values.length >> 1] ?? 0;
  async function timeList(times: number): Promise<number> {
    const took: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const startedAt = performance.now();
      expect((await ask("GET", "/api/work-orders", { cookie })).status).toBe(200);
      took.push(performance.now() - startedAt);
      await sleep(50);
    }
    return median(took);
  }

  /** Thirty clients ask without a pause, each from an address of its own, while a signed-in user reads the list. */
  async function flood(paths: readonly string[]) {
    const quiet = await timeList(10);
    const counts: Record<string, number> = {};
    const startedAt = performance.now();
    let isOver = false;
    const clients = Array.from({ length: 30 }, async (_, client) => {
      for (let n = client; !isOver; n += 1) {
        const headers = { "x-forwarded-for": `198.51.100.${client}` };
        const { status, headers: sent } = await ask("GET", paths[n % paths.length] ?? "", headers);
        const key = status === 200 ? "200" : `${status}${sent["retry-after"] ? " with Retry-After" : ""}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
    });
    const loaded = await timeList(15);
    isOver = true;
    await Promise.all(clients);
    return { quiet, loaded, counts, seconds: (performance.now() - startedAt) / 1000 };
  }

  test("acceptance 73: thirty clients that hammer view links leave the list of work orders fast, and get 200, or 503 or 429 with Retry-After", async () => {
    await story.complete(orderId, "Count", "Prepare", "Dry-Run", "Test");
    const mails = await Promise.all(
      story.stack.inbox.messages({ test: true }).map(({ id }) => story.stack.inbox.parsed(id)),
    );
    const links = mails.flatMap(({ html }) => /\/view\/[\w.-]+/.exec(html || "") ?? []);
    expect(new Set(links).size).toBeGreaterThan(5);
    for (const paths of [links.slice(0, 1), links, ["/view/forged.token"], ["/sign-in"], ["/u/forged.token"]]) {
      const { quiet, loaded, counts, seconds } = await flood(paths);
      const what = `${paths[0]?.slice(0, 12)}: ${JSON.stringify({ quiet, loaded, counts, seconds })}`;
      const allowed = ["200", "404", "429 with Retry-After", "503 with Retry-After"];
      expect(
        Object.keys(counts).filter((key) => !allowed.includes(key)),
        what,
      ).toEqual([]);
      expect((counts["200"] ?? 0) + (counts["404"] ?? 0), what).toBeGreaterThan(0);
      // However fast the machine: views are served at a rate that leaves most of the event loop to others.
      if (paths[0]?.startsWith("/view/")) expect(counts["200"] ?? 0, what).toBeLessThan(40 * seconds + 20);
      expect(loaded, what).toBeLessThan(15 * quiet + 50);
    }
  });

  test("a client beyond the rate of its group gets 429 with Retry-After, while others and who is signed in go on", async () => {
    const from = (address: string) => ({ "x-forwarded-for": `${address}` });
    const asked = Array.from({ length: requestRates.signIn / 5 + 60 }, async (_, n) =>
      ask("GET", `/api/auth/callback?state=${n}`, from("203.0.113.1")),
    );
    const replies = await Promise.all(asked);
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(30);
    for (const { headers, text } of refused) {
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      expect(JSON.parse(text).error.message).toContain("Too many requests came from your address");
    }
    expect((await ask("GET", "/sign-in", from("203.0.113.2"))).status).toBe(200);
    expect((await ask("GET", "/api/work-orders", { ...from("203.0.113.1"), cookie })).status).toBe(200);
    // A cookie that is no session of ours gives no access.
    const [name] = cookie.split("=");
    const forged = { ...from("203.0.113.1"), cookie: `${name}=forged` };
    const more = await Promise.all(Array.from({ length: 20 }, () => ask("GET", "/sign-in", forged)));
    expect(more.some(({ status }) => status === 429)).toBe(true);
  });

  test("five hundred one-click unsubscriptions that one provider sends at once are all judged, and none is turned away", async () => {
    const body = "List-Unsubscribe=One-Click";
    const headers = { "x-forwarded-for": "192.0.2.50", "content-type": "application/x-www-form-urlencoded" };
    const sent = Array.from({ length: 500 }, () => ask("POST", "/u/forged.token", headers, body));
    const statuses = new Set((await Promise.all(sent)).map(({ status }) => status));
    expect([...statuses]).toEqual([404]);
  });
});
