import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { AuditLine } from "../domain/lifecycle/auditLines.ts";
import {
  type ImportState,
  type PeopleImport,
  peopleImportSchema,
  workingStates,
} from "../domain/recipients/peopleImport.ts";
import { epochMilliseconds, instant } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { raiseFences } from "./importFences.ts";
import { readItem } from "./items.ts";
import { transact } from "./transaction.ts";

/** Attributes to set; undefined removes one. */
type Change = { readonly [Name in keyof PeopleImport]?: PeopleImport[Name] | undefined };

export interface PeopleImports {
  create(item: PeopleImport): Promise<void>;
  get(id: string): Promise<PeopleImport | undefined>;
  /** The newest first, at most `limit`. Consistent read. */
  newest(limit: number): Promise<PeopleImport[]>;
  /**
   * What a user does: writes if the import is in one of these states, together with its audit line if it has one. False if
   * it is in another state.
   */
  change(id: string, from: readonly ImportState[], change: Change, line?: AuditLine): Promise<boolean>;
  /**
   * Takes the work from the worker that has it: writes `change` and the audit line, and from then on nothing that the worker records
   * counts; once it returns, its writes of people are refused. `heartbeatAt` stays, so that no other worker begins while the one before may still write. False if the import is
   * in another state, or has another worker, than `item` says.
   */
  stop(item: Pick<PeopleImport, "sk" | "state" | "token" | "ttl">, change: Change, line: AuditLine): Promise<boolean>;
  /**
   * Takes the work on an import whose worker, if any, gave no heartbeat for `silentMilliseconds`; that one's writes of people
   * are refused from then on. Undefined if another worker has it.
   */
  pickUp(
    item: PeopleImport,
    worker: string,
    now: number,
    silentMilliseconds: number,
  ): Promise<PeopleImport | undefined>;
  /** What the worker with this token writes. False if it is not the worker any more, or the import ended. */
  record(item: Pick<PeopleImport, "sk" | "token">, change: Change): Promise<boolean>;
}

const partition = "imports";

/** Imports of people in the table `RUNS_TABLE`. */
export function peopleImports(aws: Aws, config: { RUNS_TABLE: string; AUDIT_TABLE: string }): PeopleImports {
  const table = config.RUNS_TABLE;
  const updateWithLine = async (id: string, change: Change, when: Condition, line: AuditLine) => {
    const refused = await transact(aws, [
      { Update: writeOf(table, id, change, when) },
      { Put: { TableName: config.AUDIT_TABLE, Item: line, ConditionExpression: "attribute_not_exists(sk)" } },
    ]);
    return refused === undefined;
  };
  const read = (item: Record<string, unknown>) =>
    readItem(table, `${partition} ${item["sk"]}`, peopleImportSchema, item);
  const update = async (id: string, change: Change, when: Condition) => {
    const { Attributes } = await aws.dynamo
      .send(new UpdateCommand({ ...writeOf(table, id, change, when), ReturnValues: "ALL_NEW" }))
      .catch((error) => {
        if (error instanceof ConditionalCheckFailedException) return { Attributes: undefined };
        throw error;
      });
    return Attributes && read(Attributes);
  };
  return {
    async create(item) {
      const Item = read(item);
      await aws.dynamo.send(
        new PutCommand({ TableName: table, Item, ConditionExpression: "attribute_not_exists(sk)" }),
      );
    },
    async get(id) {
      const Key = { runId: partition, sk: id };
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && read(Item);
    },
    async newest(limit) {
      const { Items = [] } = await aws.dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "runId = :imports",
          ExpressionAttributeValues: { ":imports": partition },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: limit,
        }),
      );
      return Items.map(read);
    },
    async change(id, from, change, line) {
      const values = Object.fromEntries(from.map((state, index) => [`:from${index}`, state]));
      const when = { text: `#state IN (${Object.keys(values).join(", ")})`, names: { "#state": "state" }, values };
      if (!line) return (await update(id, change, when)) !== undefined;
      return updateWithLine(id, change, when, line);
    },
    async stop({ sk, state, token, ttl }, change, line) {
      const next = token + 1;
      const isStopped = await updateWithLine(
        sk,
        { ...change, token: next },
        {
          text: "#token = :before AND #state = :state",
          names: { "#token": "token", "#state": "state" },
          values: { ":before": token, ":state": state },
        },
        line,
      );
      if (isStopped) await raiseFences(aws, table, { importId: sk, token: next }, ttl);
      return isStopped;
    },
    async pickUp(item, worker, now, silentMilliseconds) {
      const taken = await update(
        item.sk,
        { worker, heartbeatAt: instant(now), token: item.token + 1 },
        {
          text: "#token = :before AND #state = :state AND (attribute_not_exists(heartbeatAt) OR heartbeatAt < :silent)",
          names: { "#token": "token", "#state": "state" },
          values: {
            ":before": item.token,
            ":state": item.state,
            ":silent": instant(now - silentMilliseconds),
          },
        },
      );
      if (!taken) return undefined;
      const { sk: importId, token, ttl } = taken;
      return (await raiseFences(aws, table, { importId, token }, ttl)) ? taken : undefined;
    },
    record: async ({ sk, token }, change) =>
      (await update(sk, change, {
        text: "#token = :mine AND #state IN (:checking, :applying, :undoing)",
        names: { "#token": "token", "#state": "state" },
        values: { ":mine": token, ...Object.fromEntries(workingStates.map((state) => [`:${state}`, state])) },
      })) !== undefined,
  };
}

/** True if a worker may be needed: no one works on it, or the one who does gave no heartbeat for a while. */
export function needsWorker(item: PeopleImport, now: number, silentMilliseconds: number): boolean {
  if (!workingStates.some((state) => state === item.state)) return false;
  return item.heartbeatAt === undefined || epochMilliseconds(item.heartbeatAt) < now - silentMilliseconds;
}

interface Condition {
  readonly text: string;
  readonly names: Record<string, string>;
  readonly values: Record<string, unknown>;
}

function writeOf(table: string, id: string, change: Change, when: Condition) {
  const entries = Object.entries(change);
  const named = (index: number) => `#c${index}`;
  const set = entries.flatMap(([, value], index) => (value === undefined ? [] : [`${named(index)} = :c${index}`]));
  const removed = entries.flatMap(([, value], index) => (value === undefined ? [named(index)] : []));
  const parts = [set.length > 0 && `SET ${set.join(", ")}`, removed.length > 0 && `REMOVE ${removed.join(", ")}`];
  return {
    TableName: table,
    Key: { runId: partition, sk: id },
    UpdateExpression: parts.filter(Boolean).join(" "),
    ConditionExpression: `attribute_exists(sk) AND ${when.text}`,
    ExpressionAttributeNames: {
      ...when.names,
      ...Object.fromEntries(entries.map(([name], index) => [named(index), name])),
    },
    ExpressionAttributeValues: {
      ...when.values,
      ...Object.fromEntries(
        entries.flatMap(([, value], index) => (value === undefined ? [] : [[`:c${index}`, value] as const])),
      ),
    },
  };
}
