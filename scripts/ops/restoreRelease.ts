import { restoreMark } from "@email-agent/shared/adapters/restoreMark.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Command } from "commander";
import { ulid } from "ulid";
import { mayChange, type Operation, refuse, sayJson } from "./operation.ts";
import { orderOf } from "./orders.ts";
import { changingCommand, command, run } from "./program.ts";
import { recordSent } from "./recordSent.ts";
import { moment, sayTable } from "./screen.ts";

interface ReleaseOptions {
  readonly reason: string;
  readonly all?: true;
}

export function addRestoreReleaseCommands(restoring: Command): void {
  command(restoring, "held", "Orders whose Send is held since a restore.").action(run(listHeld));
  changingCommand(
    restoring,
    "record-sent <log>",
    "Reads the log of a mail server (any text, - reads the standard input) for Message-IDs, and records in the ledger that these mails were sent. Only mails that it accepted may be in it.",
    "restore record-sent accepted-since-the-backup.log",
  ).action(run(recordSent));
  changingCommand(
    restoring,
    "release [orders...]",
    "Lets the Send of restored orders start again: only once you know that what they sent after the backup is in the ledger.",
    'restore release wo-01KAB… --reason "the log of the mail server names no mail of it since the backup"',
  )
    .requiredOption("--reason <text>", "how you know it, for the audit")
    .option("--all", "all held orders; orders made from now on are no longer held")
    .action(run(release));
}

const isHeld = ({ restored }: WorkOrder) => restored !== undefined && restored.released === undefined;

async function heldOrders({ orders }: Operation): Promise<WorkOrder[]> {
  const found: WorkOrder[] = [];
  for await (const order of orders.list()) if (isHeld(order)) found.push(order);
  return found;
}

async function listHeld(operation: Operation): Promise<boolean> {
  const held = (await heldOrders(operation)).map(({ id, eventCode, subEvent, stage, steps, archived, restored }) => ({
    ...{ id, eventCode, subEvent, stage, archived, restored },
    sent: steps.Send.counters?.sent ?? 0,
  }));
  sayTable(
    operation,
    held,
    {
      ID: ({ id }) => id,
      Event: ({ eventCode }) => eventCode,
      "Sub-event": ({ subEvent }) => subEvent,
      Stage: ({ stage }) => stage,
      Sent: ({ sent }) => sent,
      "Ledger ends at": ({ restored }) => moment(restored?.ledgerAt),
      Archived: ({ archived }) => (archived ? "yes" : ""),
    },
    "No Send is held.",
  );
  return true;
}

async function release(operation: Operation<ReleaseOptions>, ids: readonly string[]): Promise<boolean> {
  const { options, aws, tables, say } = operation;
  if (ids.length > 0 === (options.all === true)) throw new Error("Name the ids of work orders, or say --all.");
  const orders = options.all ? await heldOrders(operation) : await Promise.all(ids.map((id) => orderOf(operation, id)));
  const notHeld = orders.filter((order) => !isHeld(order));
  if (notHeld.length > 0) return refuse(operation, `Not held: ${notHeld.map(({ id }) => id).join(", ")}.`);
  const may = await mayChange(operation, `Let the Send of ${orders.length} work orders start again?`);
  if (!may) return may === undefined;
  const refused: string[] = [];
  for (const order of orders) if (!(await releaseOrder(operation, order))) refused.push(order.id);
  if (options.all && refused.length === 0) await restoreMark(aws, tables).remove();
  if (options.json) sayJson(operation, { released: orders.length - refused.length, refused });
  else say(`${orders.length - refused.length} released.`);
  return refused.length === 0 || refuse(operation, `Changed meanwhile, try again: ${refused.join(", ")}.`);
}

async function releaseOrder(operation: Operation<ReleaseOptions>, { id, version }: WorkOrder): Promise<boolean> {
  const { orders, by, options, aws } = operation;
  const { reason } = options;
  const now = aws.clock.now();
  const released = { at: instant(now), by, reason };
  const audit = userLine({ workOrderId: id, by, what: "released after restore", data: { reason } }, ulid(now), now);
  const write = {
    set: [[["restored", "released"], released]] as const,
    remove: [],
    when: [{ path: ["version"] as const, equals: version }],
  };
  return (await orders.write(id, write, { updatedBy: by, audit })) !== undefined;
}
