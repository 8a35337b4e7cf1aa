import { accountSchema } from "@email-agent/shared/domain/account.ts";
import {
  languageSchema,
  poolSchema,
  promptSchema,
  stageSchema,
  testerSchema,
  userSchema,
} from "@email-agent/shared/domain/configItems.ts";
import { storedTemplateSchema } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { eventSchema } from "@email-agent/shared/domain/event.ts";
import { participantSchema } from "@email-agent/shared/domain/recipients/participant.ts";
import { settingsSchema } from "@email-agent/shared/domain/settings.ts";
import { accounts, events } from "../infra/local/demo/organisation.ts";

// Readers find the same account and event in the demo organisation.
const newsletter = accounts.find(({ name }) => name === "newsletter")!;
const retreat = events.find(({ aid }) => aid === "RETREAT26")!;

/** What a page needs of an object schema. */
export interface ItemSchema<Input = Readonly<Record<string, unknown>>> {
  readonly shape: Readonly<Record<string, unknown>>;
  readonly _zod: { readonly input: Input };
  parse(item: unknown): unknown;
  toJSONSchema(options: { io: "input"; unrepresentable: "any" }): object;
}

/** One kind of item that administrators or other applications write. */
export interface ConfigurationItem<Input = Readonly<Record<string, unknown>>> {
  readonly title: string;
  readonly about: string;
  readonly schema: ItemSchema<Input>;
  /** Fields that a key carries: the example shows them there and nowhere else. */
  readonly inKey: readonly string[];
  /** The whole item, as the schema reads it. */
  readonly example: Input;
  /** The example as it is stored. */
  stored(example: Input): readonly object[];
}

function item<Input>(one: ConfigurationItem<Input>): ConfigurationItem {
  return one as unknown as ConfigurationItem;
}

/** Keys of an item of Config, whose sort key holds one field. */
function config(pk: string, field: string) {
  return (example: Readonly<Record<string, unknown>>) => {
    const { [field]: sk, ...rest } = example;
    return [{ pk, sk, ...rest }];
  };
}

/** Every kind of item in the tables Config, Events and Participants, with an example. */
export const configurationItems: readonly ConfigurationItem[] = [
  item({
    title: "Stage",
    about: "Config, `pk` = `stage`, `sk` = its name. The kind of mail in the life of an event.",
    schema: stageSchema,
    inKey: ["name"],
    example: {
      name: "reminder",
      description: "Reminder for those who have not registered",
      order: 2,
      parentStages: ["reg"],
      pools: ["not-yet-registered"],
      prefix: { EN: "Reminder: ", DE: "Erinnerung: " },
      requireRegLink: true,
    },
    stored: config("stage", "name"),
  }),
  item({
    title: "Pool",
    about: "Config, `pk` = `pool`, `sk` = its name. A named rule that says which people are concerned.",
    schema: poolSchema,
    inKey: ["name"],
    example: {
      name: "summer-audience",
      attributes: [
        { type: "practice", field: "newsletter" },
        { type: "join", aid: "SUMMER26" },
      ],
    },
    stored: config("pool", "name"),
  }),
  item({
    title: "Language",
    about: "Config, `pk` = `language`, `sk` = its code.",
    schema: languageSchema,
    inKey: ["code"],
    example: { code: "SP", name: "Spanish", tag: "es", order: 3 },
    stored: config("language", "code"),
  }),
  item({
    title: "Prompt",
    about:
      "Config, `pk` = `prompt`, `sk` = `<event>#<key>#<language>`. A reusable text that templates insert. The event's own text in the language wins over that of `default` in the language, and this over `universal`.",
    schema: promptSchema,
    inKey: ["event", "key", "language"],
    example: { event: "default", key: "salutation", language: "EN", text: "<p>Dear *|FNAME|*,</p>" },
    stored: ({ event, key, language, text }) => [{ pk: "prompt", sk: `${event}#${key}#${language}`, text }],
  }),
  item({
    title: "Account",
    about:
      "Config, `pk` = `account`, `sk` = its name. A mail account to send from. Its limits are shared by all senders and all orders.",
    schema: accountSchema,
    inKey: ["name"],
    example: {
      ...newsletter,
      host: "smtp.example.org",
      port: 587,
      security: "starttls",
      username: "news@example.org",
      secretArn: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:email-agent/production/accounts/newsletter",
      envelopeFrom: "bounces@example.org",
      bounceMailbox: {
        host: "imap.example.org",
        port: 993,
        security: "tls",
        username: "bounces@example.org",
        secretArn: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:email-agent/production/accounts/bounces",
        folder: "INBOX",
      },
      dkim: {
        domain: "example.org",
        selector: "mail2026",
        secretArn: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:email-agent/production/accounts/dkim",
      },
      maxConnections: 4,
      ratePerSecond: 10,
      quotaPer24h: 50_000,
      dailyLimitTexts: ["daily (sending|message) (limit|quota)"],
    },
    stored: config("account", "name"),
  }),
  item({
    title: "Tester",
    about:
      "Config, `pk` = `tester`, `sk` = its id. Who may be chosen for Test: a participant, or with `email` an address that is no participant.",
    schema: testerSchema,
    inKey: ["id"],
    example: { id: "press", label: "Press office", email: "press@example.org", first: "Ana", last: "Roca" },
    stored: config("tester", "id"),
  }),
  item({
    title: "User",
    about:
      "Config, `pk` = `user`, `sk` = the user id. What a person may do in the Email Manager; read at each request.",
    schema: userSchema,
    inKey: ["id"],
    example: {
      id: "6b1f2c3d-0000-4000-8000-000000000001",
      name: "Ann",
      role: "write",
      eventAccess: ["SUMMER26", "RETREAT26"],
      showAddresses: true,
      exportCsv: false,
    },
    stored: config("user", "id"),
  }),
  item({
    title: "Settings",
    about: "Config, `pk` = `setting`, `sk` = the name below, `value` = its value. One item per setting.",
    schema: settingsSchema,
    inKey: [],
    example: {
      registrationHosts: ["register.example.org"],
      mergeFields: { COUNTRY: "country" },
      failureCeiling: { ratio: 0.1, minimum: 50 },
      timeZone: "Europe/Berlin",
    },
    stored: (example) => Object.entries(example).map(([sk, value]) => ({ pk: "setting", sk, value })),
  }),
  item({
    title: "Template",
    about:
      "Config, `pk` = `template`, `sk` = its name. A template in the bucket: the item names the version that counts, its HTML is the object `templates/<name>/<hash>.html`.",
    schema: storedTemplateSchema,
    inKey: ["name"],
    example: {
      name: "SUMMER26-main-reg-EN",
      eventCode: "SUMMER26",
      subEvent: "main",
      stage: "reg",
      language: "EN",
      hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      bytes: 18_324,
      version: 3,
      changedAt: "2026-05-04T09:12:00.000Z",
      changedBy: "6b1f2c3d-0000-4000-8000-000000000001",
    },
    stored: config("template", "name"),
  }),
  item({
    title: "Event",
    about:
      "Events, key `aid`. Other applications write it; Prepare adds `embeddedEmails`. Within `config` and `subEvents` null counts as absent.",
    schema: eventSchema,
    inKey: [],
    example: retreat,
    stored: (example) => [{ ...example }],
  }),
  item({
    title: "Participant",
    about:
      "Participants, key `id`. Registration applications write it; this product writes only `unsubscribe`, `unsubscribedAt`, `unsubscribedBy`, `suppression` and, when a user corrects it, `email`; a person who is forgotten keeps `id` and `forgotten` only. Null counts as absent at any depth. A value of a wrong type keeps the person from being mailed (`invalid-record`), and the field is named.",
    schema: participantSchema,
    inKey: [],
    example: {
      id: "200000001",
      email: "ana@example.org",
      first: "Ana",
      last: "Novak",
      country: "Spain",
      writtenLangPref: "Spanish",
      practice: { newsletter: true },
      programs: {
        RETREAT26: {
          join: true,
          accepted: true,
          whichRetreats: { "A-week1": true },
          offeringHistory: { week1: { installments: { first: { offeringAmount: 100 } } } },
        },
      },
    },
    stored: (example) => [{ ...example }],
  }),
];
