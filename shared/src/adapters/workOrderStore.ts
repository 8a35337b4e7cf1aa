import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { z } from "zod";
import type { OrderWrite } from "../domain/lifecycle/orderWrite.ts";
import { instant } from "../domain/time.ts";
import { markerId, type WorkOrder, type workOrderSchema } from "../domain/workOrder.ts";
import type { Clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import type { Log } from "../kit/log.ts";
import type { Metrics } from "../kit/metrics.ts";
import { type AuditLine, auditPut, auditReplacement } from "./audit.ts";
import type { Aws } from "./aws.ts";
import { checkOrderWrite } from "./checkOrderWrite.ts";
import { readItem } from "./items.ts";
import { type OrderExpression, orderExpression } from "./orderExpression.ts";
import { addSteps, missingSteps, readOrder } from "./orderItem.ts";
import { deleteMarker, type Keyed, markerSchema, putMarker } from "./orderMarker.ts";
import { type StatusTopic, snapshotEvent, statusTopic } from "./statusTopic.ts";
import { invalidWrite, isRefusedAsInvalid, outsideTransactions, transact } from "./transaction.ts";
import { listOrders, pendingCommandIds, type RunEntry, runEntries } from "./workOrderLists.ts";

/** What accompanies a write. */
interface WriteOptions {
  /** A heartbeat moves `runCheckAt` only: it raises `version` but leaves `updatedAt` and publishes nothing. */
  readonly heartbeat?: boolean;
  /** False leaves the event out (progress beyond the allowed rate). Default true. */
  readonly publish?: boolean;
  /** User id for `updatedBy`; workers leave it out. */
  readonly updatedBy?: string;
  /** False leaves `updatedAt`: an edit lease taken, renewed or released is no change of the order. Default true. */
  readonly touch?: boolean;
  /** Written with the order in one transaction: the line of a terminal status, or of what a user did. */
  readonly audit?: AuditLine | undefined;
  /** Of a command, in the same transaction: its judgement is never written twice, so the write is refused if it is there. */
  readonly judgement?: AuditLine | undefined;
  /** The line was written before, with numbers that were settled since: it is replaced, in the same transaction. */
  readonly replacesLine?: boolean;
}

type KnownFields<Item> = { [Name in keyof Item as string extends Name ? never : Name]: Item[Name] };
/** An order before the store stamps it; fields with a default may be left out. */
type NewOrder = Omit<KnownFields<z.input<typeof workOrderSchema>>, "version" | "createdAt" | "updatedAt">;

/**
 * The one writer of work orders. Every method that writes is one conditional write, raises `version` and publishes the
 * state the write produced; a failed publish is logged and counted and never fails the write.
 */
export interface WorkOrderStore {
  /** Consistent read. Undefined if there is none; AppError `bad-item` naming table, key and field if it does not fit. */
  get(id: string): Promise<WorkOrder | undefined>;
  /** Puts the order and its uniqueness marker in one transaction; AppError `conflict` naming the order that holds the key. */
  create(order: NewOrder, options?: Pick<WriteOptions, "audit">): Promise<WorkOrder>;
  /** One conditional write. The new state, or undefined if a condition (or existence) refused it. */
  write(id: string, write: OrderWrite, options?: WriteOptions): Promise<WorkOrder | undefined>;
  /**
   * A write that also moves the order to another event, sub-event or stage: the write, the old marker's deletion and
   * the new marker in one transaction. AppError `conflict` if the new key is taken; undefined if a condition refused it.
   */
  rekey(before: WorkOrder, write: OrderWrite, options?: WriteOptions): Promise<WorkOrder | undefined>;
  /** Publishes a state that was read: for a write whose response, or whose event, was lost. */
  republish(order: WorkOrder): Promise<void>;
  /** Deletes order and marker in one transaction, conditional on `version`; publishes `work-order.deleted`. False if refused. */
  remove(order: WorkOrder, options?: Pick<WriteOptions, "audit">): Promise<boolean>;
  /** Id of the order that holds this event, sub-event and stage, by its marker. Consistent read. */
  holderOf(key: Pick<WorkOrder, "eventCode" | "subEvent" | "stage">): Promise<string | undefined>;
  /**
   * All orders, page by page, without markers. An item that does not fit is passed to `onBadItem` and left out, so that one
   * bad item does not hide all others; without `onBadItem` it is thrown.
   */
  list(onBadItem?: (error: unknown) => void): AsyncIterable<WorkOrder>;
  /** Entries of the index `byRunState`, up to `until` if it is given. Hints that may lag: re-read each consistently. */
  runsIn(state: "working" | "sleeping" | "scheduled" | "settling", until?: string): AsyncIterable<RunEntry>;
  /** Ids from the index `byPendingCommand` whose `pendingCommandAt` is at or before `until`. */
  pendingCommands(until: string): AsyncIterable<string>;
}

export interface StoreConfig {
  readonly WORK_ORDERS_TABLE: string;
  readonly AUDIT_TABLE: string;
  readonly STATUS_TOPIC_ARN: string;
}

export interface StorePorts {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
  readonly clock?: Pick<Clock, "now">;
  readonly topic?: StatusTopic;
}

/**
 * Work orders in DynamoDB. Two sparse indexes, both `KEYS_ONLY`: `byRunState` (hash `runState`, range `runCheckAt`) is
 * queried up to a time; `byPendingCommand` (hash `id`, range `pendingCommandAt`) is nearly always empty and is scanned.
 */
export function workOrderStore(
  aws: Pick<Aws, "dynamo" | "sns" | "clock">,
  config: StoreConfig,
  ports: StorePorts,
): WorkOrderStore {
  const table = config.WORK_ORDERS_TABLE;
  const { log, metrics, clock = aws.clock, topic = statusTopic(aws, config) } = ports;
  const parse = (id: string, item: Record<string, unknown> | undefined) => readOrder(table, id, item);

  const get = async (id: string) => {
    const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }));
    if (!Item) return undefined;
    const order = parse(id, Item);
    const missing = missingSteps(Item);
    return missing.length === 0 ? order : addSteps(aws, table, id, missing);
  };
  const publish = async (event: Parameters<StatusTopic["publish"]>[0]) => {
    try {
      await topic.publish(event);
    } catch (error) {
      log.warn({ error, workOrderId: event.workOrderId, version: event.version }, "A status event was not published");
      metrics.count("PublishErrors", 1);
    }
  };
  const publishOrder = (order: WorkOrder) => publish(snapshotEvent(order, instant(clock.now())));
  const written = async (order: WorkOrder | undefined, options: WriteOptions) => {
    if (order && !options.heartbeat && options.publish !== false) await publishOrder(order);
    return order;
  };
  const update = (id: string, write: OrderWrite, options: WriteOptions): { Update: OrderUpdate } => {
    checkOrderWrite(table, id, write);
    return { Update: { TableName: table, Key: { id }, ...orderExpression(stamped(write, options, clock.now())) } };
  };

  const writeAlone = async (id: string, write: OrderWrite, options: WriteOptions) => {
    const command = new UpdateCommand({ ...update(id, write, options).Update, ReturnValues: "ALL_NEW" });
    try {
      const { Attributes } = await outsideTransactions(() => aws.dynamo.send(command));
      return written(parse(id, Attributes), options);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw isRefusedAsInvalid(error) ? invalidWrite(error.message, error) : error;
    }
  };

  const write = async (id: string, change: OrderWrite, options: WriteOptions = {}): Promise<WorkOrder | undefined> => {
    const { audit: line, judgement, replacesLine } = options;
    if (!line && !judgement) return writeAlone(id, change, options);
    const linePut = replacesLine ? auditReplacement : auditPut;
    const refused = await transact(aws, [
      update(id, change, options),
      ...(judgement ? [{ Put: auditPut(config.AUDIT_TABLE, judgement) }] : []),
      ...(line ? [{ Put: linePut(config.AUDIT_TABLE, line) }] : []),
    ]);
    if (!refused) return written(await get(id), options);
    if (refused[0] || (judgement && refused[1])) return undefined;
    // The line was written before: it is never written twice, and never keeps a status from being written.
    const { audit: _, ...rest } = options;
    return write(id, change, rest);
  };
  const holderOf = async (key: Pick<WorkOrder, "eventCode" | "subEvent" | "stage">) => {
    const Key = { id: markerId(key) };
    const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item && readItem(table, Key.id, markerSchema, Item).workOrderId;
  };
  const line = (options: Pick<WriteOptions, "audit">) =>
    options.audit ? [{ Put: auditPut(config.AUDIT_TABLE, options.audit) }] : [];

  return {
    get,
    async create(fields, options = {}) {
      const now = instant(clock.now());
      const order = parse(fields.id, { ...fields, version: 1, createdAt: now, updatedAt: now });
      const refused = await transact(aws, [
        { Put: { TableName: table, Item: order, ConditionExpression: "attribute_not_exists(id)" } },
        putMarker(table, order),
        ...line(options),
      ]);
      if (refused) throw await keyTaken(order);
      await publishOrder(order);
      return order;
    },
    write,
    republish: publishOrder,
    async rekey(before, change, options = {}) {
      const after = { ...before, ...keyFields(change) };
      if (markerId(after) === markerId(before)) return write(before.id, change, options);
      const refused = await transact(aws, [
        update(before.id, change, options),
        deleteMarker(table, before),
        putMarker(table, after),
        ...line(options),
      ]);
      if (refused?.[0]) return undefined;
      if (refused) throw await keyTaken(after);
      return written(await get(before.id), options);
    },
    async remove(order, options = {}) {
      const { id, version, eventCode } = order;
      const refused = await transact(aws, [
        {
          Delete: {
            TableName: table,
            Key: { id },
            ConditionExpression: "version = :version",
            ExpressionAttributeValues: { ":version": version },
          },
        },
        deleteMarker(table, order),
        ...line(options),
      ]);
      if (refused) return false;
      const at = instant(clock.now());
      await publish({ v: 1, type: "work-order.deleted", workOrderId: id, eventCode, version: version + 1, at });
      return true;
    },
    holderOf,
    list: (onBadItem) => listOrders(aws, table, onBadItem),
    runsIn: (state, until) => runEntries(aws, table, state, until),
    pendingCommands: (until) => pendingCommandIds(aws, table, until),
  };

  async function keyTaken(order: Keyed): Promise<AppError> {
    const holder = await holderOf(order);
    return new AppError(
      "conflict",
      `Event ${order.eventCode}, sub-event ${order.subEvent}, stage ${order.stage} already belong to another work order. Open that one, or choose another stage.`,
      holder === undefined ? {} : { details: { workOrderId: holder } },
    );
  }
}

type OrderUpdate = { TableName: string; Key: { id: string } } & OrderExpression;

/** `updatedAt` is the last write other than a heartbeat. */
function stamped(write: OrderWrite, options: WriteOptions, now: number): OrderWrite {
  if (options.heartbeat || options.touch === false) return write;
  const by = options.updatedBy === undefined ? [] : [[["updatedBy"], options.updatedBy] as const];
  return { ...write, set: [...write.set, [["updatedAt"], instant(now)], ...by] };
}

function keyFields(write: OrderWrite): Partial<Pick<WorkOrder, "eventCode" | "subEvent" | "stage">> {
  const names = ["eventCode", "subEvent", "stage"];
  return Object.fromEntries(
    write.set.filter(([path]) => path.length === 1 && names.includes(path[0])).map(([path, value]) => [path[0], value]),
  );
}
