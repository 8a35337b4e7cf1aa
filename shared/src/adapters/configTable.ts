import { GetCommand, type NativeAttributeValue } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { Account } from "../domain/account.ts";
import {
  accountSchema,
  type Language,
  languageSchema,
  type Pool,
  type Prompt,
  poolSchema,
  promptSchema,
  type Stage,
  settingsSchema,
  stageSchema,
  type Tester,
  testerSchema,
  type User,
  userSchema,
} from "../domain/configItems.ts";
import { isInvitation } from "../domain/configuration/invitations.ts";
import type { Settings } from "../domain/settings.ts";
import { badItemLog } from "../kit/badItems.ts";
import type { Log } from "../kit/log.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { fitsSortKey } from "./sortKey.ts";

/**
 * Reads of Config (key `pk`, `sk`), always fresh and consistent. An item requested by name that does not fit is
 * AppError `bad-item`. A list leaves it out and logs it once, so that one broken item does not hide all others; a pool stays
 * in its list with the `problem`. Prompts and settings are read whole or not at all: what replaces a missing one may be wrong.
 */
export interface ConfigTable {
  stage(name: string): Promise<Stage | undefined>;
  stages(): Promise<Stage[]>;
  pools(): Promise<Map<string, Pool>>;
  languages(): Promise<Map<string, Language>>;
  account(name: string): Promise<Account | undefined>;
  accounts(): Promise<Account[]>;
  testers(): Promise<Tester[]>;
  /** Not of an invitation: it is no user yet. */
  user(id: string): Promise<User | undefined>;
  users(): Promise<User[]>;
  /** Every prompt of the event and of `default`, all languages. */
  prompts(eventCode: string): Promise<Prompt[]>;
  settings(): Promise<Settings>;
}

type Item = Record<string, NativeAttributeValue>;
type Kind = "stage" | "prompt" | "pool" | "account" | "language" | "tester" | "user" | "setting";

/** Sort key of a prompt: `<eventCode or default>#<key>#<LANG or universal>`. */
const promptKeySchema = z.looseObject({
  sk: z.string().regex(/^[^#]+#[^#]+#[^#]+$/, "a prompt is named <event or default>#<key>#<language or universal>"),
});

/** One setting: its name is the sort key, its value is in `value`. */
const settingSchema = z.looseObject({ sk: z.string(), value: z.json() });

/**
 * The table the administrators edit. A stage, pool or account is named by its sort key, a language's code is its sort key.
 */
export function configTable(
  aws: Aws,
  config: { CONFIG_TABLE: string },
  { log }: { readonly log: Pick<Log, "error"> },
): ConfigTable {
  const table = config.CONFIG_TABLE;

  const one = async (kind: Kind, sk: string) => {
    if (!fitsSortKey(sk)) return undefined;
    const { Item } = await aws.dynamo.send(
      new GetCommand({ TableName: table, Key: { pk: kind, sk }, ConsistentRead: true }),
    );
    return Item;
  };
  const all = async (kind: Kind, prefix = ""): Promise<Item[]> => {
    const items: Item[] = [];
    const pages = queryPages(aws, {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: prefix === "" ? "pk = :kind" : "pk = :kind AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":kind": kind, ...(prefix !== "" && { ":prefix": prefix }) },
    });
    for await (const page of pages) items.push(...page);
    return items;
  };
  const read = <Schema extends z.ZodType>(schema: Schema, item: Item, more: Item = {}) =>
    readItem(table, `${item["pk"]}/${item["sk"]}`, schema, { ...item, ...more });
  const readNamed = <Schema extends z.ZodType>(schema: Schema, item: Item) => read(schema, item, { name: item["sk"] });
  const report = badItemLog(log);
  const onBadItem = (error: unknown) => report(error, "an item of Config does not fit; others go on without it");
  const list = async <Schema extends z.ZodType>(kind: Kind, schema: Schema, keyField: "name" | "code" | "id") => {
    const fitting: z.output<Schema>[] = [];
    for (const item of await all(kind)) {
      try {
        fitting.push(read(schema, item, { [keyField]: item["sk"] }));
      } catch (error) {
        onBadItem(error);
      }
    }
    return fitting;
  };
  const readPool = (item: Item): Pool => {
    try {
      return readNamed(poolSchema, item);
    } catch (error) {
      onBadItem(error);
      return {
        name: String(item["sk"]),
        attributes: [],
        problem: error instanceof Error ? error.message : String(error),
      };
    }
  };

  return {
    async stage(name) {
      const item = await one("stage", name);
      return item && readNamed(stageSchema, item);
    },
    stages: () => list("stage", stageSchema, "name"),
    async pools() {
      const pools = (await all("pool")).map(readPool);
      return new Map(pools.map((pool) => [pool.name, pool]));
    },
    async languages() {
      const languages = await list("language", languageSchema, "code");
      return new Map(languages.map((language) => [language.code, language]));
    },
    async account(name) {
      const item = await one("account", name);
      return item && readNamed(accountSchema, item);
    },
    accounts: () => list("account", accountSchema, "name"),
    testers: () => list("tester", testerSchema, "id"),
    async user(id) {
      if (isInvitation(id)) return undefined;
      const item = await one("user", id);
      return item && read(userSchema, item, { id });
    },
    users: async () => (await list("user", userSchema, "id")).filter(({ id }) => !isInvitation(id)),
    async prompts(eventCode) {
      const owners = [...new Set([eventCode, "default"])];
      const items = await Promise.all(owners.map((owner) => all("prompt", `${owner}#`)));
      return items.flat().map((item) => {
        const [event, key, language] = read(promptKeySchema, item).sk.split("#");
        return read(promptSchema, item, { event, key, language });
      });
    },
    async settings() {
      const items = (await all("setting")).map((item) => read(settingSchema, item));
      const values = Object.fromEntries(items.map(({ sk, value }) => [sk, value]));
      return readItem(table, "setting", settingsSchema, values);
    },
  };
}
