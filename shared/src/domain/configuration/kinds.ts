import { z } from "zod";
import {
  accountSchema,
  languageSchema,
  poolSchema,
  promptSchema,
  settingsSchema,
  stageSchema,
  testerSchema,
  userSchema,
} from "../configItems.ts";
import { eventSchema } from "../event.ts";

/** What the pages of Settings need of an object schema. */
export interface ItemSchema {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown; readonly error?: ItemFaults };
  toJSONSchema(options: { io: "input"; unrepresentable: "any" }): object;
}
interface ItemFaults {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** One kind of item that administrators edit. */
interface Kind {
  /** In sentences: "the stage reminder". */
  readonly title: string;
  readonly plural: string;
  readonly about: string;
  /** The fields that name an item, in the order of its key; `#` is between them. */
  readonly keyFields: readonly [string, ...string[]];
  /** Schema of an item; of a setting it depends on its name. */
  schemaOf(key: string): ItemSchema | undefined;
  /** The only keys there can be; absent where an administrator chooses the name of an item. */
  readonly fixedKeys?: readonly string[];
}

/** The schema of the item of each general setting: its value is in `value`. */
const settingSchemas: Readonly<Record<string, ItemSchema>> = Object.fromEntries(
  Object.entries(settingsSchema.shape).map(([name, schema]) => [name, z.looseObject({ value: schema })]),
);

const always = (schema: ItemSchema) => () => schema;

/** Every kind of item that administrators edit, in the order of the pages. */
const configKinds = {
  account: {
    title: "mail account",
    plural: "mail accounts",
    about: "Accounts to send from, with their limits. All senders and all work orders share the limits.",
    keyFields: ["name"],
    schemaOf: always(accountSchema),
  },
  event: {
    title: "event",
    plural: "events",
    about: "What the mailings are about: its parts, whom it concerns, its prices.",
    keyFields: ["aid"],
    schemaOf: always(eventSchema.omit({ embeddedEmails: true })),
  },
  stage: {
    title: "stage",
    plural: "stages",
    about: "The kinds of mail in the life of an event.",
    keyFields: ["name"],
    schemaOf: always(stageSchema),
  },
  pool: {
    title: "pool",
    plural: "pools",
    about: "Named rules that say which people are concerned.",
    keyFields: ["name"],
    schemaOf: always(poolSchema),
  },
  language: {
    title: "language",
    plural: "languages",
    about: "The languages of mails.",
    keyFields: ["code"],
    schemaOf: always(languageSchema),
  },
  prompt: {
    title: "prompt",
    plural: "prompts",
    about: "Texts that templates insert.",
    keyFields: ["event", "key", "language"],
    schemaOf: always(promptSchema),
  },
  tester: {
    title: "tester",
    plural: "testers",
    about: "Those who may be chosen for Test.",
    keyFields: ["id"],
    schemaOf: always(testerSchema),
  },
  user: {
    title: "user",
    plural: "users",
    about: "Who may use the Email Manager, and what they may do.",
    keyFields: ["id"],
    schemaOf: always(userSchema.omit({ sessionsValidAfter: true })),
  },
  setting: {
    title: "setting",
    plural: "general settings",
    about: "What holds for all mailings.",
    keyFields: ["name"],
    schemaOf: (key) => (Object.hasOwn(settingSchemas, key) ? settingSchemas[key] : undefined),
    fixedKeys: Object.keys(settingSchemas),
  },
} as const satisfies Record<string, Kind>;

export type ConfigKind = keyof typeof configKinds;
export const configKindNames = Object.keys(configKinds) as readonly ConfigKind[];

export function kindOf(kind: ConfigKind): Kind {
  return configKinds[kind];
}

export function isConfigKind(text: string): text is ConfigKind {
  return Object.hasOwn(configKinds, text);
}

/** The fields that name an item: `default#salutation#EN` → `{event: "default", key: "salutation", language: "EN"}`. */
export function keyParts(kind: ConfigKind, key: string): Record<string, string> {
  const { keyFields } = kindOf(kind);
  const [only] = keyFields;
  if (keyFields.length === 1) return { [only]: key };
  const parts = key.split("#");
  return Object.fromEntries(keyFields.map((field, index) => [field, parts[index] ?? ""]));
}

/** The key of an item by the fields that name it. */
export function keyOf(kind: ConfigKind, fields: Readonly<Record<string, unknown>>): string {
  return kindOf(kind)
    .keyFields.map((field) => String(fields[field] ?? "").trim())
    .join("#");
}
