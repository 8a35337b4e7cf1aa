import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Field, fieldsOfKind } from "./fields.ts";
import type { Item } from "./itemFaults.ts";
import { judgeItem } from "./judgeItem.ts";
import { type ConfigKind, configKindNames, kindOf } from "./kinds.ts";
import type { Configuration } from "./references.ts";

const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const weakPem = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ type: "pkcs8", format: "pem" });

const items: Readonly<Record<Exclude<ConfigKind, "setting">, Item>> = {
  account: {
    ...{ name: "office", fromAddress: "office@example.org", host: "smtp.example.org", port: 587 },
    ...{ username: "office", password: "x", events: ["E26"], dailyLimitTexts: ["daily limit"] },
    bounceMailbox: { host: "imap.example.org", username: "bounces", password: "y", folder: "INBOX" },
    dkim: { domain: "example.org", selector: "mail", privateKey: pem },
    ratePerSecond: 10,
    receivingLimits: { google: { ratePerSecond: 2 } },
    warmUp: { startsOn: "2026-05-04", timeZone: "UTC", days: [50, 100] },
  },
  event: {
    ...{ aid: "E26", name: "Summer", subEvents: { main: { regLinkAvailable: true } } },
    config: { pool: "joined", currency: "EUR", whichRetreatsConfig: { A: { prompt: "a", offeringTotal: 100 } } },
  },
  stage: { name: "reminder", parentStages: ["reg"], pools: ["joined"], prefix: { EN: "Reminder: " } },
  pool: { name: "joined", attributes: [{ type: "currenteventjoin" }] },
  language: { code: "EN", name: "English", tag: "en" },
  prompt: { event: "default", key: "a", language: "EN", text: "Hello" },
  tester: { id: "p-1", label: "Anna" },
  user: { id: "u-1", name: "Ada", role: "admin", eventAccess: ["*"], noticeAddress: "ada@example.org" },
};
const settings: Item = {
  organisation: { name: "Example", email: "office@example.org", url: "https://example.org/" },
  timeZone: "Europe/Berlin",
  registrationHosts: ["register.example.org"],
  registrationPlaceholderId: "123456789",
  registrationParams: { event: "aid", participant: "pid" },
  mergeFields: { COUNTRY: "country" },
  allowedHashtags: ["community", "#größe"],
  linkCheck: { deny: ["intranet.example.org"], warn: ["192.0.2.1"] },
  failureCeiling: { ratio: 0.2, minimum: 20 },
  bounces: { softLimit: 5 },
  confirmSendAbove: 100,
  retentionMonths: 24,
  maintainedElsewhere: { events: true, people: false },
  notices: { addresses: ["team@example.org", "office@example.org"], account: "office" },
};
const configuration: Configuration = {
  account: new Map([["office", items.account]]),
  event: new Map([["E26", items.event]]),
  stage: new Map([
    ["reg", { name: "reg" }],
    ["later", { name: "later", parentStages: ["reminder"] }],
    ["reminder", items.stage],
  ]),
  pool: new Map<string, Item>([
    ["joined", items.pool],
    ["outer", { name: "outer", attributes: [{ type: "pool", name: "joined" }] }],
  ]),
  language: new Map([
    ["EN", items.language],
    ["DE", { code: "DE", name: "German", tag: "de" }],
  ]),
  prompt: new Map([["default#a#EN", items.prompt]]),
  tester: new Map(),
  user: new Map(),
  setting: new Map(),
};
const defaults = { EMAIL_FROM: "", MAILCHIMP_REPLY_TO: "" };
const judged = (kind: ConfigKind, item: Item) => judgeItem(configuration, kind, item, defaults);
const itemOf = (kind: ConfigKind, setting = ""): Item =>
  kind === "setting" ? { name: setting, value: settings[setting] } : items[kind];

test.each(Object.keys(items) as ConfigKind[])("the %s of this test fits", (kind) => {
  expect(judged(kind, itemOf(kind))).toEqual({});
});
test.each(kindOf("setting").fixedKeys ?? [])("the setting %s of this test fits, and so does its absence", (name) => {
  expect(judged("setting", itemOf("setting", name))).toEqual({});
  expect(settings[name]).toBeDefined();
});

/** Kind → path → wrong values, each with a part of its sentence. Of a map the path has a name, of a list a number. */
const wrong: Readonly<Partial<Record<ConfigKind, Readonly<Record<string, readonly [unknown, RegExp][]>>>>> = {
  account: {
    name: [["", /^Enter the name/]],
    fromName: [["A\nB", /line breaks/]],
    fromAddress: [
      ["office", /^The value "office" is not a mail address\. Enter one as office@example\.org\.$/],
      [undefined, /installation has none/],
    ],
    replyTo: [["a@b@c", /is not a mail address/]],
    envelopeFrom: [["a b@example.org", /is not a mail address/]],
    unsubscribeMailto: [["leave@exämple.org", /in ASCII/]],
    listId: [["my list", /name of a list/]],
    host: [
      ["https://smtp.example.org/", /without https:\/\/.*Did you mean smtp\.example\.org\?/],
      ["smtp.example.org:587", /without https/],
      ["300.1.1.1", /no IP address/],
      ["smtp..org", /no host name/],
    ],
    port: [
      [70_000, /from 1 to 65535/],
      [0, /from 1 to 65535/],
      [25.5, /whole number/],
    ],
    security: [
      ["none", /reached over the Internet/],
      ["nosuch", /^Choose one of STARTTLS/],
    ],
    username: [["a\nb", /line breaks/]],
    password: [[undefined, /^Enter the password of this user/]],
    secretArn: [["my-secret", /not the ARN of a secret/]],
    "bounceMailbox.host": [
      ["", /^Enter the IMAP server/],
      ["imaps://imap.example.org", /Did you mean imap\.example\.org\?/],
    ],
    "bounceMailbox.port": [[0, /from 1 to 65535/]],
    "bounceMailbox.security": [
      ["none", /reached over the Internet/],
      ["starttls", /Port 993 expects TLS/],
      ["nosuch", /^Choose one of TLS/],
    ],
    "bounceMailbox.username": [
      ["", /^Enter the user name/],
      ["a\nb", /line breaks/],
    ],
    "bounceMailbox.password": [["", /^Enter the password of this user/]],
    "bounceMailbox.secretArn": [["my-secret", /not the ARN of a secret/]],
    "bounceMailbox.folder": [
      ["", /^Enter the folder/],
      ["a\u0000b", /^Enter the folder/],
    ],
    "dkim.domain": [["bücher.example", /xn--/]],
    "dkim.selector": [["a b", /not a name in DNS/]],
    "dkim.privateKey": [
      ["secret", /not a private key in PEM form/],
      [weakPem, /2,048 to 4,096 bits/],
      [undefined, /switch DKIM off/],
    ],
    "dkim.secretArn": [["arn:aws:s3:::bucket", /not the ARN of a secret/]],
    ratePerSecond: [[0, /above 0/]],
    quotaPer24h: [[-1, /from 0 on/]],
    maxConnections: [[0, /from 1 on/]],
    messagesPerConnection: [[0, /from 1 on/]],
    "receivingLimits.google.ratePerSecond": [
      [0, /above 0/],
      [11, /10 at most/],
    ],
    "warmUp.startsOn": [["4 May", /date as 2026-05-04/]],
    "warmUp.timeZone": [["Berlin", /no time zone/]],
    "warmUp.days.0": [[0, /from 1 on/]],
    "warmUp.days.1": [[49, /50 or more/]],
    "dailyLimitTexts.0": [
      ["limit (", /no regular expression \(unterminated group\)/],
      ["(daily|limit|\\w+\\s?)+reached", /could take very long on a reply. Enter 200/],
    ],
  },
  event: {
    aid: [
      ["", /^Enter the code of the event\.$/],
      ["E_26", /letters, digits and hyphens/],
    ],
    name: [[" ", /^Enter the name/]],
    "subEvents.a b": [[{}, /letters, digits and hyphens/]],
    "config.currency": [["Euro", /three capital letters/]],
    "config.offeringLimitFeeCount": [[-1, /from 0 on/]],
    "config.whichRetreatsConfig.A.prompt": [["gone", /no prompt "gone"/]],
    "config.whichRetreatsConfig.A.offeringTotal": [[-5, /0 or more/]],
    "config.whichRetreatsConfig.A.offeringCashTotal": [[101, /above the price/]],
    "config.whichRetreatsConfig.A.offeringMinimum": [
      [-1, /0 or more/],
      [101, /Enter 100 at most/],
    ],
  },
  stage: {
    name: [["a b", /./]],
    description: [["a\nb", /line breaks/]],
    "parentStages.0": [
      ["reminder", /not its own parent/],
      ["later", /takes its content from reminder already/],
    ],
    "prefix.EN": [["a\r\nBcc: x", /line breaks/]],
    "prefix.XX": [["Hello", /no language "XX"/]],
  },
  pool: {
    name: [["", /^Enter the name/]],
    "attributes.0.type": [["nosuch", /no pool type "nosuch"/]],
    "attributes.0": [
      [{ type: "pool", name: "outer" }, /closes a cycle of pools: joined → outer → joined\. Choose another/],
    ],
  },
  language: {
    code: [["en", /two capital letters/]],
    name: [
      ["german", /DE has this name already/],
      [" ", /^Enter/],
    ],
    tag: [["english!", /no language tag/]],
  },
  prompt: {
    event: [["GONE", /no event "GONE"/]],
    key: [
      ["a b", /Remove the blanks/],
      ["a#b", /Remove the character #/],
    ],
    language: [["XX", /no language "XX"/]],
    text: [["  ", /^Enter the text/]],
  },
  tester: { id: [["", /^Enter the id/]], email: [["ana", /mail address, as ana@example\.org/]] },
  user: {
    id: [["", /^Enter the user id, or the mail address/]],
    noticeAddress: [["ada", /mail address, as ana@example\.org/]],
    email: [
      ["ann@", /mail address, as/],
      ["ann@example.org", /not both/],
    ],
    name: [["", /^Enter a value/]],
  },
};
const wrongSettings: Readonly<Record<string, Readonly<Record<string, readonly [unknown, RegExp][]>>>> = {
  organisation: {
    name: [["A\nB", /line breaks/]],
    phone: [["1\n2", /line breaks/]],
    email: [["office", /not a mail address/]],
    url: [["example.org", /https:\/\/www/]],
  },
  timeZone: {
    "": [
      ["Berlin", /no time zone/],
      ["+02:00", /no time zone/],
    ],
  },
  registrationHosts: { "0": [["https://register.example.org", /Did you mean register\.example\.org\?/]] },
  registrationPlaceholderId: {
    "": [
      ["a b", /cannot be a part of a link/],
      ["", /^Enter the id/],
    ],
  },
  registrationParams: { event: [["a=b", /without \? & and =/]], participant: [["aid", /another name/]] },
  mergeFields: {
    country: [["country", /capital letters/]],
    FNAME: [["first", /has a meaning already/]],
    COUNTRY: [
      ["a..b", /no path/],
      ["", /no path/],
    ],
  },
  allowedHashtags: {
    "0": [
      ["Community", /lower case/],
      ["two words", /no hashtag/],
    ],
  },
  linkCheck: { "deny.0": [["*.example.org", /no host name/]], "warn.0": [["a/b", /no host name/]] },
  notices: {
    "addresses.0": [["team", /not a mail address/]],
    "addresses.1": [["Team@Example.org", /in the list already/]],
    account: [["gone", /no mail account/]],
  },
  failureCeiling: {
    ratio: [
      [1.5, /20 %/],
      [0, /20 %/],
    ],
    minimum: [[0, /from 1 on/]],
  },
  bounces: {
    softLimit: [
      [-1, /from 0/],
      [101, /100/],
    ],
  },
  confirmSendAbove: { "": [[-1, /from 0 on/]] },
};

function withAt(value: unknown, [name, ...rest]: readonly string[], next: unknown): unknown {
  if (name === undefined) return next;
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === name ? withAt(one, rest, next) : one));
  const inner = (value ?? {}) as Item;
  return { ...inner, [name]: withAt(inner[name], rest, next) };
}

/** Every place of an item where a value is entered, with what fits no field of its kind; `undefined`: any text fits. */
function placesOf(fields: readonly Field[], value: unknown, before: readonly string[] = []): [string, unknown][] {
  return fields
    .filter(({ elsewhere }) => !elsewhere)
    .flatMap((field) => placesIn(field, (value as Item | undefined)?.[field.name], [...before, field.name]));
}
function placesIn(field: Field, value: unknown, path: readonly string[]): [string, unknown][] {
  const { of, fields } = field;
  if (fields) return placesOf(fields, value, path);
  if (of && field.kind === "list") return placesIn(of, Array.isArray(value) ? value[0] : undefined, [...path, "0"]);
  if (of) {
    const [name = ""] = Object.keys((value as Item | undefined) ?? {});
    return placesIn(of, (value as Item | undefined)?.[name], [...path, name]);
  }
  const none = { switch: "perhaps", number: "many", choice: "nosuch" }[field.kind as "switch"];
  return [[path.join("."), none ?? (field.refersTo ? "gone" : undefined)]];
}

/** Texts of which every one fits, and choices whose value of a later release is kept. */
const free =
  /^(?:tester\.(?:label|first|last|language|typed.*)|account\.(?:bounceMailbox\.)?password|user\.role|event\.config\.offeringPresentation|setting\.organisation\.value\.(?:description|address))$/;

describe("acceptance 128: every field of every kind refuses a wrong value with a sentence that names the repair", () => {
  const cases: [string, ConfigKind, Item, string, unknown, RegExp][] = [];
  for (const kind of configKindNames)
    for (const setting of kind === "setting" ? (kindOf(kind).fixedKeys ?? []) : [""]) {
      const item = itemOf(kind, setting);
      const own: Readonly<Record<string, readonly [unknown, RegExp][]>> =
        kind === "setting"
          ? Object.fromEntries(
              Object.entries(wrongSettings[setting] ?? {}).map(([at, all]) => [
                at === "" ? "value" : `value.${at}`,
                all,
              ]),
            )
          : (wrong[kind] ?? {});
      for (const [path, values] of Object.entries(own))
        for (const [value, words] of values)
          cases.push([[kind, setting, path].filter(Boolean).join("."), kind, item, path, value, words]);
      for (const [path, value] of placesOf(fieldsOfKind(kind, setting) ?? [], item))
        if (value !== undefined && !free.test([kind, path].join(".")))
          cases.push([[kind, setting, path].filter(Boolean).join("."), kind, item, path, value, /./]);
    }

  test.each(cases)("%s", (_, kind, item, path, value, words) => {
    const faults = judged(kind, withAt(item, path.split("."), value) as Item);
    expect(Object.keys(faults)).toContain(path);
    expect(faults[path]).toMatch(words);
    expect(faults[path]).toMatch(/^["A-Z].*[.?]$/s);
    expect(faults[path]).not.toMatch(/Invalid|expected|received|undefined|\[object/);
  });

  test("no field is left out", () => {
    const shown = new Set(cases.map(([title]) => title.replace(/\.[^.]*[a-z] b$/, "")));
    const left = configKindNames.flatMap((kind) =>
      (kind === "setting" ? (kindOf(kind).fixedKeys ?? []) : [""]).flatMap((setting) =>
        placesOf(fieldsOfKind(kind, setting) ?? [], itemOf(kind, setting))
          .map(([path]) => [kind, setting, path].filter(Boolean).join("."))
          .filter(
            (title) =>
              !shown.has(title) && !free.test(title) && title !== "setting.name" && !/^setting\.\w+\.name$/.test(title),
          ),
      ),
    );
    expect(left).toEqual([]);
  });
});

test("each parameter of a pool type is asked for at its place", () => {
  const faults = judged("pool", {
    name: "p",
    attributes: [
      { type: "true" },
      { type: "offering", aid: " " },
      { type: "offeringandpools", aid: "E26", subevent: "any", pools: [] },
    ],
  });
  expect(faults).toEqual({
    "attributes.1.aid": "Enter the event code.",
    "attributes.1.subevent": "Enter the sub-event, or any.",
    "attributes.2.pools": "Choose one pool at least.",
  });
});
