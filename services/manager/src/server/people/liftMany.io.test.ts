import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { LiftManyBody, LiftManyLine, PeopleListFilter, PeopleListPage } from "../../api/peopleLists.ts";
import { GET as getCount } from "../../app/api/people-lists/[list]/count/route.ts";
import { GET as getCsv } from "../../app/api/people-lists/[list]/csv/route.ts";
import { POST as postLift } from "../../app/api/people-lists/[list]/lift/route.ts";
import { GET as getList } from "../../app/api/people-lists/[list]/route.ts";
import { peopleIndexFor } from "./peopleIndexes.ts";

let fixture: ManagerFixture;
let editor: User;
let reader: User;
const day = (n: number) => new Date(Date.parse("2026-03-01T00:00:00.000Z") + n * 60_000).toISOString();
const wrong = 1000;

/** A provider said 5.1.1 for a thousand mailboxes that exist; thirty others were refused before, with other codes. */
function people(): Participant[] {
  const of = (n: number, domain: string, code: string, at: string) =>
    aParticipant({ id: `p-${n}`, email: `p${n}@${domain}`, suppression: { address: `p${n}@${domain}`, code, at } });
  return [
    ...Array.from({ length: wrong }, (_, n) =>
      of(n, n % 2 ? "big.example" : "mail.big.example", "5.1.1", day(n + 100)),
    ),
    ...Array.from({ length: 20 }, (_, n) => of(5000 + n, "big.example", "5.1.10", day(n))),
    ...Array.from({ length: 10 }, (_, n) => of(6000 + n, "small.example", "5.1.1", day(n + 200))),
    aParticipant({ id: "p-corrected", suppression: { address: "old@big.example", code: "5.1.1", at: day(300) } }),
    ...Array.from({ length: 60 }, (_, n) =>
      aParticipant({
        id: `u-${n}`,
        unsubscribe: true,
        ...(n > 0 && { unsubscribedAt: day(n), unsubscribedBy: "user" }),
      }),
    ),
    ...Array.from({ length: 500 }, (_, n) => aParticipant({ id: `ok-${n}` })),
  ];
}

beforeAll(async () => {
  fixture = await openManagerFixture();
  const rights = { people: true, showAddresses: true, exportCsv: true };
  editor = await fixture.addUser({ ...rights, id: "editor", role: "write" });
  reader = await fixture.addUser({ ...rights, id: "reader", exportCsv: false });
  await putParticipants(fixture.stack.aws, fixture.stack.config, people());
}, 60_000);
afterAll(() => fixture?.[Symbol.asyncDispose]());

const none: PeopleListFilter = { q: "", code: "", domain: "", since: "" };
const queryOf = (filter: Partial<PeopleListFilter> & { cursor?: string }) => `?${new URLSearchParams(filter)}`;
const ask = (user: User, route: typeof getList, list: string, query = "") =>
  fixture.ask(user, route, { list }, { query });

async function all(list: string, filter: Partial<PeopleListFilter> = {}): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const response = await ask(editor, getList, list, queryOf({ ...filter, ...(cursor && { cursor }) }));
    const page: PeopleListPage = await response.json();
    if (page.reading) continue;
    expect(page.from).toBe(ids.length + 1);
    ids.push(...page.rows.map(({ id }) => id));
    cursor = page.next;
    if (!cursor) return ids;
  }
}
const count = async (list: string, filter: Partial<PeopleListFilter> = {}): Promise<number> =>
  (await (await ask(editor, getCount, list, queryOf(filter))).json()).people;

async function lift(list: string, body: LiftManyBody): Promise<LiftManyLine[]> {
  const response = await fixture.ask(editor, postLift, { list }, { body });
  expect(response.status).toBe(200);
  return (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the lists", () => {
  test("have everyone once, newest first, those of an unknown time last, and no one whose address was corrected", async () => {
    const suppressed = await all("suppressed");
    expect(new Set(suppressed).size).toBe(wrong + 30);
    expect(suppressed).toHaveLength(wrong + 30);
    expect(suppressed[0]).toBe("p-999");
    const unsubscribed = await all("unsubscribed");
    expect(unsubscribed).toEqual([...Array.from({ length: 59 }, (_, n) => `u-${59 - n}`), "u-0"]);
  });

  test.each<[string, Partial<PeopleListFilter>, number]>([
    ["a code", { code: "5.1.10" }, 20],
    ["the beginning of a code", { code: "5.1" }, wrong + 30],
    ["a domain and those below it", { domain: "@Big.example" }, wrong + 20],
    ["a domain below", { domain: "mail.big.example" }, 500],
    ["a day", { since: day(wrong) }, 100],
    ["a text", { q: "p60" }, 21],
    ["several at once", { code: "5.1.1", domain: "small.example", since: day(205) }, 5],
    ["what no one has", { code: "4" }, 0],
  ])("are filtered by %s", async (_, filter, expected) => {
    expect(await all("suppressed", filter)).toHaveLength(expected);
    expect(await count("suppressed", filter)).toBe(expected);
  });

  test("as CSV, and a wrong filter, another list or missing rights are named", async () => {
    const csv = await (await ask(editor, getCsv, "suppressed", queryOf({ domain: "small.example" }))).text();
    expect(csv.split("\r\n")).toHaveLength(12);
    expect(csv).toContain('"p-6003","Ana García","p6003@small.example","2026-03-01T03:23:00+00:00","5.1.1"');
    expect((await ask(reader, getCsv, "suppressed")).status).toBe(403);
    expect((await ask(editor, getList, "everyone")).status).toBe(404);
    const since = await (await ask(editor, getList, "suppressed", queryOf({ since: "soon" }))).json();
    expect(since.error).toMatchObject({ fields: { since: "Enter a day, as 2026-03-01." } });
    const body = { reason: "x", filter: none, most: 1 };
    expect((await fixture.ask(reader, postLift, { list: "suppressed" }, { body })).status).toBe(403);
  });

  test("a filter that is too long is refused in a sentence", async () => {
    const response = await ask(editor, getList, "suppressed", queryOf({ domain: "x".repeat(201) }));
    expect([response.status, (await response.json()).error.message]).toEqual([
      422,
      "Shorten the filter to 200 characters.",
    ]);
  });

  test("a day of the filter begins in the time zone of the organisation, which the page names", async () => {
    const { aws, config } = fixture.stack;
    await putConfig(aws, config, { settings: { timeZone: "America/Los_Angeles" } });
    // Midnight there is eight in the morning UTC: minute 480 of the thousand, who begin at minute 100.
    expect(await all("suppressed", { since: "2026-03-01" })).toHaveLength(wrong - 380);
    const page = (await (await ask(editor, getList, "suppressed")).json()) as PeopleListPage;
    expect(page.timeZone).toBe("America/Los_Angeles");
  });
});

test("acceptance 105: a thousand wrong suppressions are lifted within a minute, by a filter, with progress and a reason for each person", async () => {
  const filter = { ...none, code: "5.1.1", domain: "big.example" };
  const most = await count("suppressed", filter);
  expect(most).toBe(wrong);
  const begunAt = performance.now();
  const lines = await lift("suppressed", { reason: "wrong replies of 1 March", filter, most });
  expect(performance.now() - begunAt).toBeLessThan(60_000);
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.at(-1)).toEqual({ lifted: wrong, left: 0, of: wrong, isOver: true });
  expect((await all("suppressed")).length).toBe(30);
  const records = await fixture.manager.participants.getMany(["p-0", "p-999", "p-5000", "p-6000"]);
  expect([...records.values()].map(({ id, suppression }) => [id, suppression?.code])).toEqual(
    expect.arrayContaining([
      ["p-0", undefined],
      ["p-999", undefined],
      ["p-5000", "5.1.10"],
      ["p-6000", "5.1.1"],
    ]),
  );
  const whole = await Array.fromAsync(fixture.manager.audit.lines("people"));
  expect(whole).toMatchObject([
    {
      ...{ by: "editor", what: "people changed" },
      data: { change: "suppression lifted", people: wrong, filter: { code: "5.1.1", domain: "big.example" } },
    },
  ]);
  const [mine] = await Array.fromAsync(fixture.manager.audit.lines("person-p-77"));
  expect(mine?.data).toMatchObject({ reason: "wrong replies of 1 March", bulk: whole[0]?.data?.["bulk"] });
});

test("a selection, of which some changed meanwhile; never more than the user confirmed", async () => {
  await fixture.manager.participants.resubscribe("u-10", day(10));
  await fixture.manager.participants.forget("u-11", day(500));
  const ids = ["u-9", "u-10", "u-11", "u-12", "ok-1", "p-none"];
  expect((await lift("unsubscribed", { reason: "asked", ids })).at(-1)).toEqual({
    ...{ lifted: 2, left: 4, of: 6, isOver: true },
  });
  peopleIndexFor(fixture.manager, editor).expire();
  const lines = await lift("unsubscribed", { reason: "asked", filter: none, most: 7 });
  expect(lines.at(-1)).toMatchObject({ lifted: 7, isOver: true });
  expect((await fixture.manager.participants.get("u-59"))?.unsubscribe).toBeUndefined();
  expect((await fixture.manager.participants.get("u-52"))?.unsubscribe).toBe(true);
});
