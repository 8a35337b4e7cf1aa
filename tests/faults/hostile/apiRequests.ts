import { join } from "node:path";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import fc from "fast-check";
import { sessions } from "../../../services/manager/src/server/signIn/session.ts";
import { type Asked, type Attack, at } from "../../../services/manager/testing/accessWalks/attack.ts";
import { everyWalk } from "../../../services/manager/testing/accessWalks/everyWalk.ts";
import { addTwoEvents } from "../../../services/manager/testing/accessWalks/twoEvents.ts";
import { type ManagerFixture, openManagerFixture } from "../../../services/manager/testing/managerFixture.ts";
import { meterDynamo } from "../../../services/sender/testing/meteredDynamo.ts";
import type { Observed, Trial } from "../scenario.ts";
import { type CapturedLog, capturedLog } from "./capturedLog.ts";
import { explore } from "./explore.ts";
import { hostileJson } from "./hostileJson.ts";
import { hostileText } from "./hostileText.ts";

const app = join(import.meta.dirname, "../../../services/manager/src/app");
const routes = Object.entries(everyWalk).flatMap(([route, methods]) =>
  Object.entries(methods).map(([method, walk]) => ({ route, method, walk })),
);

const inputs = fc.record({
  route: fc.nat(routes.length - 1),
  example: fc.nat(9999),
  json: fc.option(hostileJson, { nil: undefined, freq: 8 }),
  /** Instead of JSON. */
  bytes: fc.option(
    fc.oneof(
      fc.constantFrom(
        "",
        "{",
        "null",
        '"',
        "\ufeff{}",
        "{}{}",
        "[".repeat(200_000),
        `{"a":"${"x".repeat(1_100_000)}"}`,
        "\xff\xfe{\x00}\x00",
      ),
      hostileText,
    ),
    { nil: undefined, freq: 6 },
  ),
  contentType: fc.oneof(
    { weight: 8, arbitrary: fc.constant("application/json") },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "",
      ),
    },
  ),
  query: fc.option(fc.tuple(fc.nat(99), hostileText), { nil: undefined, freq: 2 }),
  param: fc.option(
    fc.tuple(
      fc.nat(99),
      hostileText.map((text) => text.toWellFormed()).filter((text) => text !== ""),
    ),
    { nil: undefined, freq: 3 },
  ),
});
type Input = typeof inputs extends fc.Arbitrary<infer Of> ? Of : never;

interface Setting {
  readonly fixture: ManagerFixture;
  readonly attack: Attack;
  readonly admin: User;
  readonly captured: CapturedLog;
  readonly writeUnits: ReadonlyMap<string, number>;
}

/** Changes one of the values of a record. */
function changedEntry(given: Record<string, string>, change: readonly [number, string] | undefined) {
  const names = Object.keys(given);
  const name = names[(change?.[0] ?? 0) % Math.max(1, names.length)];
  return change && name !== undefined ? { ...given, [name]: change[1] } : given;
}

const searchWords = [
  "q",
  "cursor",
  "after",
  "search",
  "list",
  "language",
  "mailing",
  "status",
  "version",
  "form",
  "event",
  "constructor",
];

function requestOf(
  { manager }: ManagerFixture,
  { route, method }: (typeof routes)[number],
  asked: Asked,
  input: Input,
  cookie: string,
) {
  const params = changedEntry(asked.params ?? {}, input.param);
  const query = new URLSearchParams(changedEntry(asked.query ?? {}, input.query));
  if (input.query && query.size === 0)
    query.set(searchWords[input.query[0] % searchWords.length] ?? "q", input.query[1]);
  const path = route.replaceAll(/\[(\w+)\]/g, (_, name: string) => encodeURIComponent(params[name] ?? "x"));
  const hasBody = method !== "GET" && method !== "HEAD";
  const example = asked.body ?? {};
  const text = input.bytes ?? input.json?.(example) ?? JSON.stringify(example);
  const origin = new URL(manager.config.MANAGER_URL).origin;
  const request = new Request(`${manager.config.MANAGER_URL}/${path}?${query}`, {
    method,
    headers: { cookie, origin, ...(hasBody && { "content-type": input.contentType }) },
    ...(hasBody && { body: text }),
  });
  return { request, params, text: hasBody ? text : "" };
}

const units = ({ writeUnits }: Setting) => [...writeUnits.values()].reduce((sum, value) => sum + value, 0);
/** An error of the server that shows how it is made. */
const internals = /\bat [\w.<>]+ \(|node_modules|\/(?:src|server)\/|ZodError|ValidationException|TypeError/;

async function judge(setting: Setting, input: Input): Promise<string | undefined> {
  const { fixture, attack, admin, captured } = setting;
  const target = routes[input.route] as (typeof routes)[number];
  const all = target.walk(attack);
  const asked = all[input.example % all.length] as Asked;
  const { manager } = fixture;
  now += 20 * 60_000;
  fixture.setTime(now);
  const cookie = (await sessions(manager.config, manager.clock).begin(admin.id)).split(";")[0] as string;
  const { request, params, text: sent } = requestOf(fixture, target, asked, input, cookie);
  const { pathname, search } = new URL(request.url);
  const name = `${target.method} ${pathname.slice(0, 200)}${search.slice(0, 200)} ${sent.slice(0, 500)}`;
  const before = units(setting);
  const handlers = await import(join(app, target.route, "route.ts"));
  const response: Response = await handlers[target.method](request, { params: Promise.resolve(params) });
  const text = await response.text();
  const leaked = captured.judge();
  if (leaked) return `${name}: ${leaked}`;
  for (const key in {}) return `${name}: every object has ${key} now.`;
  if (response.status >= 500 && response.status !== 503)
    return `${name} responds with ${response.status}: ${text.slice(0, 300)}`;
  const type = response.headers.get("content-type") ?? "";
  if (response.status >= 400 && type.startsWith("application/json")) {
    const { error } = JSON.parse(text);
    if (typeof error?.message !== "string" || !/[.?!)”"]$/.test(error.message.trim()))
      return `${name} is refused without a sentence: ${text.slice(0, 300)}`;
    if (error.message.length > 5000)
      return `${name} is refused in ${error.message.length} characters: ${text.slice(0, 300)}`;
    if (internals.test(error.message.replaceAll(/“[^”]*”|"[^"]*"/g, "")))
      return `${name} shows how it is made: ${text.slice(0, 500)}`;
    if (units(setting) !== before) return `${name} responds with ${response.status} and has written.`;
  }
  if (type.startsWith("text/html") && !/preview|^view\//.test(target.route) && /<script>alert|onerror=alert/.test(text))
    return `${name} shows markup of the request: ${text.slice(0, 500)}`;
  return undefined;
}

let now = Date.parse(at);

/** Requests to every route with changed bodies, queries and addresses: refused in a sentence, nothing written, no address in the log. */
export async function hostileRequests(trial: Trial & { readonly tries: number }): Promise<Observed> {
  await using stack = new AsyncDisposableStack();
  const captured = capturedLog();
  const writeUnits = new Map<string, number>();
  const fixture = stack.use(
    await openManagerFixture({
      log: captured.log,
      async environment({ config }) {
        const metered = stack.use(await meterDynamo(config.AWS_ENDPOINT_URL_DYNAMODB, writeUnits));
        return { AWS_ENDPOINT_URL_DYNAMODB: metered.url };
      },
    }),
  );
  const rights = { role: "admin", showAddresses: true, exportCsv: true, people: true } as const;
  const admin = await fixture.addUser({ id: "admin", ...rights });
  const parts = await addTwoEvents(fixture, admin);
  const setting = { fixture, admin, captured, writeUnits, attack: { ...parts, cursors: ["x"] } };
  let tries = 0;
  return await explore(
    inputs,
    async (input) => {
      tries += 1;
      if (tries % 20 === 0) await fixture.addUser({ id: "admin", ...rights });
      return judge(setting, input);
    },
    trial,
  );
}
