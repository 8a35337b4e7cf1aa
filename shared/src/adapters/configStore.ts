import { GetCommand, type NativeAttributeValue, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { ConfigKind } from "../domain/configuration/kinds.ts";
import { withoutSecrets } from "../domain/configuration/secrets.ts";
import { userLine } from "../domain/lifecycle/auditLines.ts";
import { instant, instantSchema } from "../domain/time.ts";
import { auditPut } from "./audit.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { changedFields, type ItemPlace, itemWrite } from "./itemWrite.ts";
import { otherAdministrator } from "./lastAdministrator.ts";
import { type OrderReset, pendingResetPuts } from "./pendingResets.ts";
import { queryPages, scanPages } from "./queryPages.ts";
import { fitsSortKey } from "./sortKey.ts";
import { copyOfTester, erasureOfTester } from "./testerHistory.ts";
import { type TransactionParts, transact } from "./transaction.ts";

type Item = Record<string, NativeAttributeValue>;

/** What is kept with a version besides the fields of an item. */
const stampSchema = z.object({
  /** 0: written by something else than this store. */
  version: z.int().min(0).default(0),
  changedAt: instantSchema.optional(),
  /** A user id. */
  changedBy: z.string().optional(),
});
type Stamp = z.infer<typeof stampSchema>;

/** An item as it is in the table; its fields may not fit its schema. Secrets are among them. */
export interface StoredItem extends Stamp {
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What an item was in one version, without its secrets; without `fields` it was removed. */
export interface ItemVersion extends Stamp {
  readonly fields?: Readonly<Record<string, unknown>>;
}

interface Change {
  readonly kind: ConfigKind | "template";
  readonly key: string;
  /** As it was read; undefined if there was none. */
  readonly before: StoredItem | undefined;
  /** As it is to be, without the fields of its key; undefined removes it. Unknown fields that stay must be among them. */
  readonly after: Readonly<Record<string, unknown>> | undefined;
  /** A user id. */
  readonly by: string;
  readonly now: number;
  /** A new ULID, for the line of the audit. */
  readonly id: string;
  /** Why, for the line of the audit. */
  readonly reason?: string;
  /** Work orders to be set back after it, under `id` of `pendingResets`. */
  readonly resets?: readonly OrderReset[];
}

/**
 * The items that administrators edit, each with a version. A change is one transaction: the item, if it still has the version
 * that was read; a copy of what it was, for the history; a line of the audit; and which work orders are to be set back.
 */
export interface ConfigStore {
  get(kind: Change["kind"], key: string): Promise<StoredItem | undefined>;
  list(kind: Change["kind"]): Promise<StoredItem[]>;
  /**
   * True if it was written; false if the item has another version by now, is there already, or is gone. AppError `conflict` if
   * it would leave no administrator.
   */
  change(change: Change): Promise<boolean>;
  /** The same with several items in one transaction: all are written or none. One of them at most may take an administrator away. */
  changeTogether(changes: readonly Change[]): Promise<boolean>;
  /** The versions before the present one, newest first. */
  history(kind: Change["kind"], key: string): Promise<ItemVersion[]>;
  /** Takes label, address and names out of every earlier version of a tester. The versions stay. */
  eraseTesterHistory(id: string): Promise<void>;
}

interface Tables {
  readonly CONFIG_TABLE: string;
  readonly EVENTS_TABLE: string;
  readonly AUDIT_TABLE: string;
}

export function configStore(aws: Pick<Aws, "dynamo">, tables: Tables): ConfigStore {
  const { CONFIG_TABLE, EVENTS_TABLE } = tables;
  const placeOf = (kind: Change["kind"], key: string): ItemPlace =>
    kind === "event"
      ? { TableName: EVENTS_TABLE, Key: { aid: key } }
      : { TableName: CONFIG_TABLE, Key: { pk: kind, sk: key } };

  const history: ConfigStore["history"] = async (kind, key) => {
    const versions: ItemVersion[] = [];
    const pages = queryPages(aws, {
      TableName: CONFIG_TABLE,
      ConsistentRead: true,
      ScanIndexForward: false,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": historyKey(kind, key) },
    });
    for await (const page of pages)
      for (const item of page)
        versions.push(readItem(CONFIG_TABLE, `${item["pk"]}/${item["sk"]}`, versionSchema, item));
    return versions;
  };

  const partsOf = async ({
    kind,
    key,
    before,
    after,
    by,
    now,
    id,
    reason,
    resets = [],
  }: Change): Promise<TransactionParts> => {
    const numbered = before && (await withNumber(aws, CONFIG_TABLE, kind, before));
    const version = (numbered?.version ?? (await lastVersion(aws, CONFIG_TABLE, kind, key))) + 1;
    const stamp = { version, changedAt: instant(now), changedBy: by };
    const place = placeOf(kind, key);
    const data = {
      ...{ kind, key, version },
      change: before ? (after ? ("changed" as const) : ("removed" as const)) : ("added" as const),
      fields: changedFields(before?.fields ?? {}, after ?? {}),
      ...(reason !== undefined && { reason }),
    };
    const line = userLine({ workOrderId: "config", by, what: "configured", data }, id, now);
    return [
      itemWrite(place, before && { ...before.fields, ...stampOf(before) }, after && { ...after, ...stamp }),
      ...copiesOf(kind, key, numbered, after, stamp).map((copy) => ({
        Put: {
          TableName: CONFIG_TABLE,
          Item: { pk: historyKey(kind, key), sk: historySort(copy.version), ...copy },
        },
      })),
      { Put: auditPut(tables.AUDIT_TABLE, line) },
      ...(kind === "template"
        ? []
        : pendingResetPuts(CONFIG_TABLE, { id, at: instant(now), by, kind, key, orders: resets })),
    ];
  };

  const changeTogether: ConfigStore["changeTogether"] = async (changes) => {
    const parts = (await Promise.all(changes.map(partsOf))).flat();
    const taken = changes.filter(({ kind }) => kind === "user");
    for (;;) {
      const asked = taken.map(({ key, before, after }) =>
        otherAdministrator(aws, CONFIG_TABLE, key, before?.fields, after),
      );
      const others = (await Promise.all(asked)).filter((other) => other !== undefined);
      const refused = await transact(aws, [...parts, ...others]);
      // Where only the other administrator is gone meanwhile, there may be a third.
      if (others.length > 0 && refused?.indexOf(true) === parts.length) continue;
      return refused === undefined;
    }
  };

  return {
    async get(kind, key) {
      const item = fitsSortKey(key) ? await itemAt(aws, placeOf(kind, key)) : undefined;
      return item && storedItem(kind, item);
    },
    async list(kind) {
      const found: StoredItem[] = [];
      for await (const page of kind === "event" ? scanPages(aws, EVENTS_TABLE) : kindPages(aws, CONFIG_TABLE, kind))
        for (const item of page) found.push(storedItem(kind, item));
      return found;
    },
    change: (change) => changeTogether([change]),
    changeTogether,
    history,
    async eraseTesterHistory(id) {
      for (const { version, fields } of await history("tester", id)) {
        const Key = { pk: historyKey("tester", id), sk: historySort(version) };
        const erasure = erasureOfTester(fields);
        if (erasure) await aws.dynamo.send(new UpdateCommand({ TableName: CONFIG_TABLE, Key, ...erasure }));
      }
    },
  };
}

async function itemAt({ dynamo }: Pick<Aws, "dynamo">, place: ItemPlace) {
  return (await dynamo.send(new GetCommand({ ...place, ConsistentRead: true }))).Item;
}

/** A removed item that comes back goes on counting, so that no version of the history is written twice. */
async function lastVersion(
  aws: Pick<Aws, "dynamo">,
  table: string,
  kind: Change["kind"],
  key: string,
): Promise<number> {
  const { Items = [] } = await aws.dynamo.send(
    new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: 1,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": historyKey(kind, key) },
    }),
  );
  return Items[0] ? readItem(table, historyKey(kind, key), versionSchema, Items[0]).version : 0;
}

/**
 * Another program that replaces an item takes its version away. What it wrote counts as one more than what it replaced,
 * which was one more than the last of the history.
 */
async function withNumber(
  aws: Pick<Aws, "dynamo">,
  table: string,
  kind: Change["kind"],
  item: StoredItem,
): Promise<StoredItem> {
  if (item.version > 0) return item;
  const last = await lastVersion(aws, table, kind, item.key);
  return last === 0 ? item : { ...item, version: last + 2 };
}

/** What the history gets: the version that was there and, of an item that goes, that it went. */
function copiesOf(
  kind: Change["kind"],
  key: string,
  before: StoredItem | undefined,
  after: Change["after"],
  stamp: Stamp,
): ItemVersion[] {
  const gone = after ? [] : [stamp];
  if (!before) return gone;
  const fields = kind === "template" ? before.fields : withoutSecrets(kind, key, before.fields);
  return [{ ...stampOf(before), fields: kind === "tester" ? copyOfTester(fields) : fields }, ...gone];
}

const versionSchema = stampSchema.extend({ fields: z.record(z.string(), z.unknown()).optional() });

function historySort(version: number): string {
  return String(version).padStart(8, "0");
}

function historyKey(kind: Change["kind"], key: string): string {
  return `history#${kind}#${key}`;
}

function kindPages(aws: Pick<Aws, "dynamo">, table: string, kind: string) {
  return queryPages(aws, {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: "pk = :kind",
    ExpressionAttributeValues: { ":kind": kind },
  });
}

function storedItem(kind: Change["kind"], item: Item): StoredItem {
  const { pk: _, sk, aid, version, changedAt, changedBy, ...rest } = item;
  const stamp = stampSchema.safeParse({ version, changedAt, changedBy }).data ?? { version: 0 };
  const isEvent = kind === "event";
  return { key: String(isEvent ? aid : sk), ...stamp, fields: isEvent || aid === undefined ? rest : { ...rest, aid } };
}

function stampOf({ version, changedAt, changedBy }: Stamp): Stamp {
  return { version, ...(changedAt && { changedAt }), ...(changedBy && { changedBy }) };
}
