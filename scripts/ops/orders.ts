import { audit } from "@email-agent/shared/adapters/audit.ts";
import { mailsRecipients, type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import { isOrderId, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { type Command, InvalidArgumentError } from "commander";
import { ulid } from "ulid";
import { giveCommand } from "../../services/manager/src/server/order/giveCommand.ts";
import { whatHappened } from "../../services/manager/src/server/sending/auditWords.ts";
import { confirmedNumber } from "./confirmSend.ts";
import { mayChange, type Operation, sayJson } from "./operation.ts";
import { operatorUser, portsOf } from "./ports.ts";
import { changingCommand, command, group, run } from "./program.ts";
import { type ScheduleOptions, scheduleSend } from "./scheduleSend.ts";
import { moment, sayTable } from "./screen.ts";
import { waitForRun } from "./waitForRun.ts";

interface ListOptions {
  readonly event?: string;
  readonly running?: true;
  readonly archived?: true;
}

interface StepOptions {
  readonly confirm?: number;
  readonly wait?: true;
}

export function addOrderCommands(program: Command): void {
  const orders = group(program, "orders", "Work orders and their steps.");
  command(
    orders,
    "list",
    "Work orders with the status of their steps.",
    "orders list --event SUMMER26",
    "orders list --running --json",
  )
    .option("--event <code>", "of this event only")
    .option("--running", "only those with a step that works or sleeps")
    .option("--archived", "archived ones, too")
    .action(run(listOrders));
  command(orders, "show <id>", "One work order: steps, numbers, messages, the last lines of its history.").action(
    run(showOrder),
  );
  takesStep(
    orders,
    "start <id> <step>",
    "Starts a step as the Email Manager does. A Send asks for the number of mails, which is counted first.",
    "orders start wo-01KAB… Count --wait",
    "orders start wo-01KAB… Send --confirm 1471 --yes --wait",
  )
    .option("--confirm <number>", "the number of mails of a Send, in place of typing it", wholeNumber)
    .option("--wait", "waits until the step has ended; then the exit code is 0 only if it is complete")
    .action(run((operation: Operation<StepOptions>, id: string, step: StepName) => give(operation, id, step, "start")));
  takesStep(
    orders,
    "schedule <id> <step>",
    "Starts a Send at a later time, or moves that time, as the Email Manager does.",
    'orders schedule wo-01KAB… Send --at "2026-12-24 08:00" --zone Europe/Vienna --confirm 1471',
  )
    .requiredOption("--at <time>", "date and time of the start: 2026-12-24 08:00")
    .option("--zone <name>", "time zone of the time, as Europe/Vienna (default: that of the organisation)")
    .option("--confirm <number>", "the number of mails, in place of typing it", wholeNumber)
    .action(
      run(async (operation: Operation<ScheduleOptions>, id: string, step: StepName) =>
        scheduleSend(operation, await orderOf(operation, id), step),
      ),
    );
  takesStep(
    orders,
    "stop <id> <step>",
    "Stops a step; cancels one that is scheduled. No mail begins after two seconds.",
    "orders stop wo-01KAB… Send",
  )
    .option("--wait", "waits until the step has ended")
    .action(run((operation: Operation<StepOptions>, id: string, step: StepName) => give(operation, id, step, "stop")));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}

/** The order with this id. Throws one sentence if there is none. */
export async function orderOf({ orders }: Pick<Operation, "orders">, id: string): Promise<WorkOrder> {
  const order = isOrderId(id) ? await orders.get(id) : undefined;
  if (!order) throw new Error(`There is no work order ${id}. \`ops orders list\` shows their ids.`);
  return order;
}

async function listOrders(operation: Operation<ListOptions>): Promise<boolean> {
  const { orders, options, complain } = operation;
  const found: WorkOrder[] = [];
  const onBadItem = (error: unknown) => complain((error as Error).message);
  for await (const order of orders.list(onBadItem)) {
    if (options.event !== undefined && order.eventCode !== options.event) continue;
    if (order.archived && !options.archived) continue;
    if (options.running && order.runState !== "working" && order.runState !== "sleeping") continue;
    found.push(order);
  }
  found.sort((one, other) => keyOf(one).localeCompare(keyOf(other), "en"));
  if (options.json) {
    sayJson(operation, found.map(shown));
    return true;
  }
  sayTable(
    operation,
    found,
    {
      ID: ({ id }) => id,
      Event: ({ eventCode }) => eventCode,
      "Sub-event": ({ subEvent }) => subEvent,
      Stage: ({ stage }) => stage,
      ...Object.fromEntries(stepNames.map((name) => [name, ({ steps }: WorkOrder) => steps[name].status])),
      Sent: ({ steps }) => steps.Send.counters?.sent,
      Failed: ({ steps }) => steps.Send.counters?.failed,
      "In doubt": ({ steps }) => steps.Send.counters?.inDoubt,
    },
    "There are no such work orders.",
  );
  return true;
}

function keyOf({ eventCode, subEvent, stage }: WorkOrder): string {
  return [eventCode, subEvent, stage].join(" ");
}

/** Without what is long, and without what is no one's business outside the product. */
function shown({ prepared, editLease, command: _, ...order }: WorkOrder) {
  return { ...order, ...(editLease && { editLease: { userId: editLease.userId, expiresAt: editLease.expiresAt } }) };
}

const historyLines = 10;

async function showOrder(operation: Operation, id: string): Promise<boolean> {
  const { aws, tables, options, say } = operation;
  const order = await orderOf(operation, id);
  const { lines } = await audit(aws, tables).page(id, { limit: historyLines });
  const history = lines.map((line) => ({ at: line.at, by: line.by, what: whatHappened(line) }));
  if (options.json) {
    sayJson(operation, { ...shown(order), history });
    return true;
  }
  const { eventCode, subEvent, stage, revision, languages, account, archived, editLease, runLease, runCheckAt } = order;
  say(
    `${id}  ${keyOf(order)}${revision === undefined ? "" : `, revision ${revision}`}${archived ? "  (archived)" : ""}`,
  );
  say(`Event ${eventCode}, part ${subEvent}, stage ${stage}; languages ${languages.join(", ")}; account ${account}`);
  if (order.pendingCommandAt) say(`A command waits for its judgement since ${moment(order.pendingCommandAt)}.`);
  if (editLease) say(`Being edited by ${editLease.userId} until ${moment(editLease.expiresAt)}.`);
  if (runLease)
    say(
      `Run ${runLease.runId} of ${runLease.step}: ${runLease.worker ?? "no worker yet"}, last seen ${moment(runCheckAt)}.`,
    );
  say("");
  sayTable(
    operation,
    stepNames.map((name) => ({ name, ...order.steps[name] })),
    {
      Step: ({ name }) => name,
      Status: ({ status }) => status,
      Sent: ({ counters }) => counters?.sent,
      Skipped: ({ counters }) => counters?.skipped,
      Failed: ({ counters }) => counters?.failed,
      "In doubt": ({ counters }) => counters?.inDoubt,
      Total: ({ counters }) => counters?.total,
      Started: ({ startedAt }) => moment(startedAt),
      Ended: ({ endedAt }) => moment(endedAt),
      Message: ({ message }) => message,
    },
    "",
  );
  say("");
  for (const { at, by, what } of history) say(`${moment(at)}  ${what}${by ? ` (${by})` : ""}`);
  return true;
}

async function give(
  operation: Operation<StepOptions>,
  id: string,
  step: StepName,
  action: "start" | "stop",
): Promise<boolean> {
  const { options, say } = operation;
  const order = await orderOf(operation, id);
  const asked = { commandId: ulid(), step, action };
  const words = `${action === "start" ? "Start" : "Stop"} ${step} of ${keyOf(order)}?`;
  const isSend = action === "start" && mailsRecipients(step);
  const number = isSend ? await confirmedNumber(operation, order) : undefined;
  if (isSend && number === undefined) return options.dryRun === true;
  // Typing the number of mails is the confirmation.
  const may = isSend && options.confirm === undefined ? true : await mayChange(operation, words);
  if (!may) return may === undefined;
  const command = { ...asked, ...(number !== undefined && { confirmRecipients: number }) };
  await giveCommand(portsOf(operation), operatorUser(operation), id, command);
  if (!options.wait && !options.json)
    say(`Given: ${action} ${step}. Ingest judges it in a moment: \`ops orders show ${id}\`.`);
  return waitForRun(operation, { id, ...asked });
}

/** A command whose last argument is a step: an unknown one is wrong use, said before anything is opened. */
function takesStep(...given: Parameters<typeof changingCommand>): Command {
  const made = changingCommand(...given);
  made.registeredArguments.at(-1)?.argParser(stepOf);
  return made;
}

function stepOf(text: string): StepName {
  const step = stepNames.find((known) => known.toLowerCase() === text.toLowerCase());
  if (step) return step;
  throw new InvalidArgumentError(`The steps are ${stepNames.join(", ")}.`);
}
