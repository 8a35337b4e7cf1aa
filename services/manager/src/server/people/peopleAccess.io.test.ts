import { globSync } from "node:fs";
import { join } from "node:path";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Asked, type Attack, at } from "../../../testing/accessWalks/attack.ts";
import { everyWalk as walks } from "../../../testing/accessWalks/everyWalk.ts";
import { addTwoEvents, marks } from "../../../testing/accessWalks/twoEvents.ts";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { sessions } from "../signIn/session.ts";

/*
 * An attack: a user of the event E2026, with every other right, calls every route with everything known about the people
 * of the event F2026, and collects what comes back. The requests of a route are in the file of its feature in
 * `testing/accessWalks`.
 */

/** Routes without people: signing in knows users only, and the last two know nothing. */
const withoutPeople = ["api/auth/callback", "api/auth/sign-in", "api/auth/sign-out", "api/[[...path]]", "healthz"];

const app = join(import.meta.dirname, "../../app");
let fixture: ManagerFixture;
let spy: User;
let admin: User;
let attack: Attack;
let now = Date.parse(at);
/** Ids of the records that were read one by one. */
const recordsRead: string[] = [];

beforeAll(async () => {
  fixture = await openManagerFixture();
  const rights = { role: "write", showAddresses: true, exportCsv: true, people: true } as const;
  spy = await fixture.addUser({ id: "spy", eventAccess: ["E2026"], ...rights });
  admin = await fixture.addUser({ id: "admin", ...rights });
  const parts = await addTwoEvents(fixture, admin);
  const { participants } = fixture.manager;
  const { get } = participants;
  participants.get = (id) => {
    recordsRead.push(id);
    return get(id);
  };
  const cursors: string[] = [];
  for (const list of ["send", "dry-run", "test", "skipped"]) {
    const response = await call(admin, "api/work-orders/[id]/recipients", "GET", {
      params: { id: parts.foreign.id },
      query: { list, language: "EN" },
    });
    const { next } = JSON.parse(response.body);
    if (next) cursors.push(next);
  }
  attack = { ...parts, cursors };
  recordsRead.length = 0;
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

interface Received {
  readonly status: number;
  readonly body: string;
  /** Headers and body. */
  readonly text: string;
}

async function call(user: Pick<User, "id">, route: string, method: string, asked: Asked): Promise<Received> {
  // Long enough that no limit of searches, and no claim that may not be resolved yet, is in the way.
  now += 20 * 60_000;
  fixture.setTime(now);
  const { manager } = fixture;
  const cookie = (await sessions(manager.config, manager.clock).begin(user.id)).split(";")[0] as string;
  const { params = {}, query = {}, body } = asked;
  const path = route.replaceAll(/\[(\w+)\]/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const handlers = await import(join(app, route, "route.ts"));
  const request = new Request(`${manager.config.MANAGER_URL}/${path}?${new URLSearchParams(query)}`, {
    method,
    headers: { cookie, origin: new URL(manager.config.MANAGER_URL).origin, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response: Response = await handlers[method](request, { params: Promise.resolve(params) });
  const answered = await response.text();
  const heads = [...response.headers].map((header) => header.join(": "));
  return { status: response.status, body: answered, text: [...heads, answered].join("\n") };
}

const callsAtOnce = 6;

/** What a response reveals beyond the request; texts in base64url are read as well. */
function revealed({ text }: Received, asked: Asked): string {
  const known = strings(asked).sort((one, other) => other.length - one.length);
  const decoded = [...text.matchAll(/[\w-]{16,}/g)].map(([word]) => Buffer.from(word, "base64url").toString("latin1"));
  return known.reduce((rest, word) => rest.replaceAll(word, "?"), [text, ...decoded].join("\n"));
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value, encodeURIComponent(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

describe("acceptance 69: a user of one event sees no person of another, by any route", () => {
  test("every route is walked", () => {
    const routes = globSync("**/route.ts", { cwd: app }).map((file) => file.slice(0, -"/route.ts".length));
    // A route that is missing here goes into the file of its feature.
    expect([...Object.keys(walks), ...withoutPeople].sort()).toEqual(routes.sort());
  });

  test.each(Object.entries(walks).flatMap(([route, methods]) => Object.keys(methods).map((method) => [method, route])))(
    "%s %s",
    { timeout: 120_000 },
    async (method, route) => {
      const all = walks[route as string]?.[method as string]?.(attack) ?? [];
      expect(all.length).toBeGreaterThan(0);
      for (let from = 0; from < all.length; from += callsAtOnce) {
        await Promise.all(
          all.slice(from, from + callsAtOnce).map(async (asked) => {
            const answered = await call(spy, route as string, method as string, asked);
            expect({ asked, status: answered.status < 500 }).toEqual({ asked, status: true });
            expect({ asked, leaks: revealed(answered, asked).match(marks) ?? [] }).toEqual({ asked, leaks: [] });
          }),
        );
      }
      expect(recordsRead.filter((id) => id.startsWith("fp-"))).toEqual([]);
    },
  );

  test("the walk reads what it may: people of the own event, by search, list, file and preview", async () => {
    const see = async (route: string, query: Record<string, string>) =>
      (await call(spy, `api/work-orders/[id]/${route}`, "GET", { params: { id: attack.own.id }, query })).text;
    expect(await see("participants", { search: "ownname7" })).toContain("op-7");
    expect(await see("recipients", { list: "send", language: "EN" })).toContain("ownname0@ours.example");
    expect(await see("recipients", { list: "skipped", language: "EN" })).toContain("op-0");
    expect(await see("recipients.csv", { list: "dry-run", language: "EN" })).toContain("ownname7@ours.example");
    expect(await see("preview/html", { participant: "op-7" })).toContain("ownname7@ours.example");
    expect(await see("history", {})).toContain("participant op-0");
    const people = await call(spy, "api/people", "GET", { query: { q: "ownname7" } });
    expect(people.text).toContain("ownname7@ours.example");
    const mailings = await call(spy, "api/people/[id]/mailings", "GET", { params: { id: "op-7" } });
    expect(mailings.text).toContain(attack.own.id);
  });

  test("and a user who may see every event reads the same lists of the other one, and of the moved order", async () => {
    const see = async (route: string, id: string, query: Record<string, string> = {}) =>
      (await call(admin, `api/work-orders/[id]/${route}`, "GET", { params: { id }, query })).text;
    expect(await see("participants", attack.own.id, { search: "fp-7" })).toContain("quillfeather7@theirs.example");
    for (const list of ["dry-run", "skipped"])
      expect(await see("recipients", attack.moved.id, { list, language: "EN" })).toContain("fp-0");
    expect(await see("preview/html", attack.moved.id, { participant: "fp-7" })).toContain(
      "quillfeather7@theirs.example",
    );
    expect(await see("history", attack.moved.id)).toContain("participant fp-0");
    const people = await call(admin, "api/people", "GET", { query: { q: "quillfeather7" } });
    expect(people.text).toContain("quillfeather7@theirs.example");
    const whole = await call(admin, "api/work-orders/[id]", "GET", { params: { id: attack.own.id } });
    expect(whole.text).toContain("fp-broken");
  });

  test.each([
    ["preview", "GET", (participant: string) => ({ query: { participant } })],
    ["preview/html", "GET", (participant: string) => ({ query: { participant } })],
    ["participants", "GET", (search: string) => ({ query: { search } })],
    ["recipients", "GET", (q: string) => ({ query: { list: "left-out", language: "EN", q } })],
    [
      "deliveries/[participantId]/resolve",
      "POST",
      (participantId: string) => ({
        params: { participantId },
        body: { language: "EN", claimId: "x", received: true },
      }),
    ],
    ["recipients.csv", "GET", (cursor: string) => ({ query: { list: "send", language: "EN", cursor } })],
  ] as const)("%s says the same of a person of another event and of an unknown id", async (route, method, make) => {
    const [one, other] = await Promise.all(
      ["fp-7", "no-7"].map(async (id) => {
        const asked = make(id) as Asked;
        const params = { ...asked.params, id: attack.own.id };
        const { status, text } = await call(spy, `api/work-orders/[id]/${route}`, method, { ...asked, params });
        return { status, text: text.replaceAll(id, "?") };
      }),
    );
    expect(one).toEqual(other);
  });

  test.each(["", "/mailings", "/pools"])(
    "people/[id]%s says the same of a person of another event and of an unknown id",
    async (part) => {
      const [one, other] = await Promise.all(
        ["fp-7", "no-7"].map(async (id) => {
          const asked = { params: { id }, query: { event: "E2026", subEvent: "part-1" } };
          const { status, text } = await call(spy, `api/people/[id]${part}`, "GET", asked);
          return { status, text: text.replaceAll(id, "?") };
        }),
      );
      expect(one).toEqual(other);
      expect(one?.status).toBe(404);
    },
  );
});
