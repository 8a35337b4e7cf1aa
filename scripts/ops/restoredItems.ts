import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { readOrder } from "@email-agent/shared/adapters/orderItem.ts";
import { putMarker } from "@email-agent/shared/adapters/orderMarker.ts";
import { accountRequestsRunId } from "@email-agent/shared/domain/delivery/accountRequest.ts";
import { commandLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { type RestoredFrom, restoredOrder } from "@email-agent/shared/domain/lifecycle/restoredOrder.ts";
import { noticeRequestsRunId } from "@email-agent/shared/domain/notices/notice.ts";
import { workingStates } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { isOrderId, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { BackupTable, RawItem } from "./backupFiles.ts";

/** What a restore knows of itself. */
export interface RestoreFacts extends RestoredFrom {
  readonly now: number;
}

/**
 * An item of a backup as it is put back; undefined for one that is left out. A restored system must do nothing by itself:
 * no run, no sleep, no command, no import and no session of the time of the backup goes on.
 */
export function restoredItem(table: BackupTable, item: RawItem, facts: RestoreFacts): RawItem | undefined {
  if (isExpired(table, item, facts.now)) return undefined;
  return changes[table]?.(item, facts) ?? item;
}

type Change = (item: RawItem, facts: RestoreFacts) => RawItem | undefined;

const changes: Partial<Record<BackupTable, Change>> = {
  WORK_ORDERS_TABLE: (item, facts) => (isOrderId(item["id"]?.S ?? "") ? orderItem(item, facts) : undefined),
  DELIVERIES_TABLE: inDoubt,
  CONFIG_TABLE: signedOut,
  RUNS_TABLE: heldImport,
};

/** Requests to the senders: a person waited for them at the time of the backup, and notices were mailed since. */
const requests: readonly string[] = [accountRequestsRunId, noticeRequestsRunId];

/** What DynamoDB would delete by itself, and requests to the senders. */
function isExpired(table: BackupTable, item: RawItem, now: number): boolean {
  const ttl = Number(item["ttl"]?.N ?? Number.POSITIVE_INFINITY);
  return ttl * 1000 < now || (table === "RUNS_TABLE" && requests.includes(item["runId"]?.S ?? ""));
}

function orderItem(item: RawItem, { at, ledgerAt, by, now }: RestoreFacts): RawItem {
  return marshall(restoredOrder(orderOfItem(item), { at, ledgerAt, by }, now), { removeUndefinedValues: true });
}

function orderOfItem(item: RawItem): WorkOrder {
  const plain = unmarshall(item);
  return readOrder("of the backup", String(plain["id"]), plain);
}

/** What keeps event, sub-event and stage of an order unique; undefined for an item that is no order. */
export function markerOf(item: RawItem): RawItem | undefined {
  return isOrderId(item["id"]?.S ?? "") ? marshall(putMarker("", orderOfItem(item)).Put.Item) : undefined;
}

/** The line by which a command that waited at the time of the backup counts as done; undefined if none did. */
export function lineOfWaitingCommand(item: RawItem, { at }: RestoreFacts): RawItem | undefined {
  if (item["pendingCommandAt"] === undefined || item["command"] === undefined) return undefined;
  const { id, command } = orderOfItem(item);
  if (!command) return undefined;
  const reason = "The tables were restored from a backup before it was judged.";
  const { step, action } = command;
  const judgement = { id: command.id, step, action, outcome: "rejected", reason, at };
  return marshall(commandLine(id, command, judgement), { removeUndefinedValues: true });
}

/** A mail that was on its way may have been delivered: it is never sent again by itself. */
function inDoubt(item: RawItem, { ledgerAt }: RestoreFacts): RawItem | undefined {
  if (item["status"]?.S !== "sending") return undefined;
  const partition = (item["pk"]?.S ?? "").replace(/#\d+$/, "");
  return { ...item, status: { S: "in-doubt" }, endedAt: { S: ledgerAt }, attention: { S: `${partition}#in-doubt` } };
}

/** Sessions that were ended since the backup must not be valid again. */
function signedOut(item: RawItem, { now }: RestoreFacts): RawItem | undefined {
  if (item["pk"]?.S !== "user") return undefined;
  return { ...item, sessionsValidAfter: { N: String(Math.ceil(now / 1000)) } };
}

/** An import at work goes on only when a person says so. */
function heldImport(item: RawItem): RawItem | undefined {
  const state = item["state"]?.S;
  if (item["runId"]?.S !== "imports" || !workingStates.some((working) => working === state)) return undefined;
  const { worker, heartbeatAt, ...rest } = item;
  const failure = {
    S: "The tables were restored from a backup while it was at work. Continue it if it is still wanted.",
  };
  return { ...rest, state: { S: "failed" }, failedIn: { S: state ?? "" }, failure };
}
