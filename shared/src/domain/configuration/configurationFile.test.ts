import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareConfiguration } from "./compareConfiguration.ts";
import { configurationFile } from "./configurationFile.ts";
import { wholeItem } from "./judgeItem.ts";
import { type ConfigKind, configKindNames, keyOf } from "./kinds.ts";
import { readConfigurationFile } from "./readConfigurationFile.ts";
import type { Configuration } from "./references.ts";

const defaults = { EMAIL_FROM: "office@example.org" } as never;
type Items = Partial<Record<ConfigKind, readonly Readonly<Record<string, unknown>>[]>>;

function configuration(items: Items): Configuration {
  const kinds = configKindNames.map((kind) => [
    kind,
    new Map((items[kind] ?? []).map((item) => [keyOf(kind, item), item])),
  ]);
  return Object.fromEntries(kinds) as Configuration;
}

const some = () =>
  configuration({
    account: [{ name: "office", fromAddress: "office@example.org", username: "office", password: "hunter2" }],
    language: [{ code: "EN", name: "English", tag: "en", everyone: true }],
    pool: [{ name: "everyone", attributes: [{ type: "true" }] }],
    stage: [{ name: "reg", pools: ["everyone"], prefix: { EN: "Registration: " } }],
    event: [{ aid: "E26", name: "Spring", subEvents: { main: {} }, config: { pool: "everyone", extra: 1 } }],
    prompt: [{ event: "default", key: "salutation", language: "EN", text: "<p>Dear *|FNAME|*,</p>\n<p>hello</p>\n" }],
    user: [{ id: "ada", name: "Ada", role: "admin", sessionsValidAfter: 12 }],
    setting: [{ name: "timeZone", value: "Europe/Berlin" }],
  });

const compare = (before: Configuration, text: string, remove = false) =>
  compareConfiguration(before, readConfigurationFile(text), { remove, defaults });
const file = (text: string) => `emailAgentConfiguration: 1\n${text}`;

describe("an export", () => {
  test("is readable, and holds no secrets and no bookkeeping", () => {
    const text = configurationFile(some());
    expect(text).toContain(
      "prompts:\n  default:\n    salutation:\n      EN: |\n        <p>Dear *|FNAME|*,</p>\n        <p>hello</p>\n",
    );
    expect(text).toContain("settings:\n  timeZone: Europe/Berlin\n");
    expect(text).not.toMatch(/hunter2|sessionsValidAfter|password:/);
  });

  test("changes nothing where it comes from, and everything where nothing is", () => {
    const text = configurationFile(some());
    expect(compare(some(), text, true)).toMatchObject({ changes: [], unchanged: 8, unnamed: 0, faults: [] });
    const elsewhere = compare(configuration({}), text);
    expect(elsewhere.faults).toEqual([]);
    expect(elsewhere.changes.map(({ kind, change }) => `${change} ${kind}`).sort()).toEqual(
      ["account", "event", "language", "pool", "prompt", "setting", "stage", "user"].map((kind) => `new ${kind}`),
    );
    expect(elsewhere.secretsToEnter).toEqual([{ key: "office", field: "password" }]);
  });

  test("leaves out invitations and testers who were typed, and no import of it removes them", () => {
    const people = [
      { id: "invited-1", email: "ann@example.org", name: "Ann", role: "admin" },
      { id: "typed-1", email: "ben@example.org", typed: { event: "E26", by: "ada", at: "2026-03-01T08:00:00.000Z" } },
    ];
    const before = { ...some(), tester: new Map([["typed-1", people[1]!]]) };
    const all = { ...before, user: new Map([...before.user, ["invited-1", people[0]!]]) };
    const text = configurationFile(all);
    expect(text).not.toMatch(/ann@|ben@|invited-|typed-/);
    expect(compare(all, text, true)).toMatchObject({ changes: [], unnamed: 0, faults: [] });
    // Whom the invitation waits for may never sign in.
    const none = compare(all, file("complete: true\nusers:\n  ada:\n    name: Ada\n    role: read\n"), true);
    expect(none.faults.map(({ sentence }) => sentence).join()).toContain("No administrator would be left");
  });

  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "",
      "007",
      "true",
      "null",
      "~",
      "no",
      "1e3",
      "a: b",
      "- x",
      "#",
      "\t",
      " \n ",
      "x\r\ny",
      "|",
      "🙂\u2028",
    ),
  );
  const name = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9-]{1,8}$/),
    fc.constantFrom("true", "007", "null", "__proto__", "0x1F", "a b", "constructor"),
  );
  const keyed = <Item extends object>(items: fc.Arbitrary<Item>) => fc.array(items, { maxLength: 4 });
  const anyConfiguration = fc.record({
    pool: keyed(
      fc.record({ name, attributes: fc.array(fc.record({ type: text, aid: text, field: fc.option(text) })) }),
    ),
    stage: keyed(
      fc.record({
        name,
        description: text,
        order: fc.double({ noNaN: true, noDefaultInfinity: true }),
        prefix: fc.dictionary(name, text),
      }),
    ),
    event: keyed(
      fc.record({ aid: name, name: text, config: fc.record({ pool: fc.option(text), more: fc.jsonValue() }) }),
    ),
    prompt: keyed(fc.record({ event: name, key: name, language: name, text })),
    user: keyed(fc.record({ id: name, name: text, role: text, eventAccess: fc.array(text) }, { requiredKeys: ["id"] })),
    tester: keyed(fc.record({ id: name, label: text })),
    setting: fc.constant([{ name: "allowedHashtags", value: ["007", "no"] }]),
  });

  test("of any configuration changes nothing where it comes from", () => {
    fc.assert(
      fc.property(anyConfiguration, (items) => {
        const before = configuration(items);
        const exported = configurationFile(before);
        const read = readConfigurationFile(exported);
        expect(read.faults).toEqual([]);
        const { changes, unnamed } = compareConfiguration(before, read, { remove: true, defaults });
        expect({ changes, unnamed }).toEqual({ changes: [], unnamed: 0 });
        const again = compareConfiguration(configuration({}), read, { remove: false, defaults });
        const imported = configuration({});
        for (const { kind, key, after } of again.changes) {
          (imported[kind] as Map<string, object>).set(key, wholeItem(kind, key, after ?? {}));
        }
        expect(configurationFile(imported)).toBe(exported);
      }),
    );
  });
});

describe("a comparison", () => {
  test("says old and new value of each field that differs", () => {
    const text = configurationFile(some())
      .replace("Registration: ", "Anmeldung: ")
      .replace("Europe/Berlin", "UTC")
      .replace("extra: 1", "extra: 2");
    expect(
      compare(some(), text).changes.map(({ kind, key, change, fields }) => ({ kind, key, change, fields })),
    ).toEqual([
      { kind: "event", key: "E26", change: "changed", fields: [{ path: "config.extra", before: 1, after: 2 }] },
      {
        kind: "stage",
        key: "reg",
        change: "changed",
        fields: [{ path: "prefix.EN", before: "Registration: ", after: "Anmeldung: " }],
      },
      {
        kind: "setting",
        key: "timeZone",
        change: "changed",
        fields: [{ path: "value", before: "Europe/Berlin", after: "UTC" }],
      },
    ]);
  });

  test("keeps what the file does not carry: secrets, and what other programs wrote", () => {
    const text = configurationFile(some())
      .replace("name: Ada", "name: Ada B")
      .replace("username: office", "username: office\n    replyTo: desk@example.org");
    const [account, user] = compare(some(), text).changes;
    expect(account?.after).toMatchObject({ replyTo: "desk@example.org", password: "hunter2" });
    expect(user?.after).toMatchObject({ name: "Ada B", sessionsValidAfter: 12 });
    expect(JSON.stringify([account?.fields, user?.fields])).not.toMatch(/hunter2|12/);
  });

  test("writes what is named before what names it, and removes it after", () => {
    const text = configurationFile(some());
    const order = compare(configuration({}), text).changes.map(({ kind }) => kind);
    for (const [first, then] of [
      ["pool", "stage"],
      ["pool", "event"],
      ["language", "stage"],
      ["language", "prompt"],
    ] as const)
      expect(order.indexOf(first)).toBeLessThan(order.indexOf(then));
    const sections = "accounts:\nevents:\nstages:\npools:\nlanguages:\nprompts:\n";
    const gone = compare(some(), file(`complete: true\n${sections}`), true);
    expect(gone.faults).toEqual([]);
    const removed = gone.changes.map(({ kind }) => kind);
    expect(removed.indexOf("stage")).toBeLessThan(removed.indexOf("pool"));
    expect(removed.indexOf("event")).toBeLessThan(removed.indexOf("pool"));
  });

  test("removes only what a complete file leaves out of its sections, and only if that is chosen", () => {
    const sections = "stages:\nprompts:\n";
    expect(compare(some(), file(sections), true).changes).toEqual([]);
    expect(compare(some(), file(`complete: true\n${sections}`), false)).toMatchObject({ changes: [], unnamed: 2 });
    const removed = compare(some(), file(`complete: true\n${sections}`), true).changes;
    expect(removed.map(({ kind, change }) => [kind, change])).toEqual([
      ["prompt", "removed"],
      ["stage", "removed"],
    ]);
  });

  test("names within the file count, and a removal that breaks another item is refused", () => {
    const both =
      "pools:\n  a:\n    attributes:\n      - type: pool\n        name: b\n  b:\n    attributes:\n      - type: 'true'\n";
    expect(compare(configuration({}), file(both)).faults).toEqual([]);
    expect(compare(some(), file("complete: true\npools:\n"), true).faults).toEqual([
      {
        what: "event E26, config.pool",
        sentence: 'The import would break it: There is no pool "everyone". Change it in the file too.',
      },
      {
        what: "stage reg, pools.0",
        sentence: 'The import would break it: There is no pool "everyone". Change it in the file too.',
      },
    ]);
    expect(compare(some(), file("users:\n  ada:\n    name: Ada\n    role: write\n")).faults).toEqual([
      { what: "users", sentence: "No administrator would be left. Keep the role admin for one user at least." },
    ]);
  });
});

describe("what does not fit has its place", () => {
  test.each([
    ["stages:\n  reg:\n    pools:\n      - gone\n", 5, 9, "stages.reg.pools.0", 'There is no pool "gone".'],
    ["stages:\n  reg:\n    ordr: 1\n", 4, 5, "stages.reg.ordr", /^There is no field "ordr". There are description, /],
    ["stages:\n  'a b': {}\n", 3, 3, "stages.a b.name", /\.$/],
    ["stages:\n  reg: 5\n", 3, 3, "stages.reg", "Write the fields of the stage below it, a line for each."],
    ["stages: 5\n", 2, 9, "stages", "Write the stages below it, each by its name."],
    ["stage:\n", 2, 1, "stage", /^There is no section "stage". There are accounts, /],
    ["accounts:\n  a:\n    username: u\n    password: x\n", 5, 5, "accounts.a.password", /^Remove the line: passwords/],
    [
      "accounts:\n  a:\n    fromName: 007\n",
      4,
      5,
      "accounts.a.fromName",
      "Put quotation marks around the value: it is a text.",
    ],
    [
      "accounts:\n  a:\n    dkim: yes please\n",
      4,
      5,
      "accounts.a.dkim",
      /^Enter its fields, each by its name: domain, selector, /,
    ],
    [
      "accounts:\n  a:\n    receivingLimits: {google: 5}\n",
      4,
      23,
      "accounts.a.receivingLimits.google",
      "Enter its fields, each by its name: ratePerSecond.",
    ],
    [
      "accounts:\n  a:\n    receivingLimits: 5\n",
      4,
      5,
      "accounts.a.receivingLimits",
      "Enter its entries, each by its name.",
    ],
    ["accounts:\n  a:\n    fromName: [x]\n", 4, 5, "accounts.a.fromName", "Enter a text."],
    ["languages:\n  EN: {code: DE, name: x, tag: en}\n", 3, 8, "languages.EN.code", /^Remove the line/],
    [
      "prompts:\n  default:\n    a: x\n",
      4,
      8,
      "prompts.default.a",
      "Write the prompts below it, each by its language.",
    ],
    ["settings:\n  timeZon: UTC\n", 3, 3, "settings.timeZon", 'There is no setting "timeZon".'],
    ["settings:\n  organisation:\n    nam: x\n", 4, 5, "settings.organisation.nam", /^There is no field "nam"/],
    ["complete: maybe\n", 2, 1, "complete", "Write true or false."],
    ["stages:\n  reg: &a {}\n  x: *a\n", 4, 6, "the file", "Write the value itself in place of *a."],
    ["stages:\n  reg: {}\n  reg: {}\n", 4, 3, "the file", /^This is not YAML: /],
    ["stages: [\n", 3, 1, "the file", /^This is not YAML: /],
  ] as const)("%j", (text, line, column, what, sentence) => {
    const [fault] = compare(configuration({}), file(text)).faults;
    const expected = typeof sentence === "string" ? sentence : expect.stringMatching(sentence);
    expect(fault).toEqual({ line, column, what, sentence: expected });
  });

  test.each([
    "",
    "hello",
    "[]",
    "a: 1",
    "emailAgentConfiguration: 2",
    "? [a]\n: b",
    "[".repeat(100_000),
    "---\na: 1\n---\n",
  ])("a file that is no configuration: %.20j", (text) => {
    const read = readConfigurationFile(text);
    expect(read.faults.length).toBeGreaterThan(0);
    expect(read.items).toEqual([]);
  });
});
