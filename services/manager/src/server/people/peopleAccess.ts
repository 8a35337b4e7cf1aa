import type { DryRunListId } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee, seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { isOffered } from "@email-agent/shared/domain/recipients/tester.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Manager } from "../manager.ts";

/*
 * Which people a user may see. Users with access to every event see everyone. All others see testers, and people who
 * are on a list of an order of their events: the ledger of its mailings, its last Test and its last complete Dry-Run.
 */

export type PeopleAccessPorts = Pick<
  Manager,
  "orders" | "deliveries" | "dryRunRecipients" | "configTable" | "audit" | "reportBadItem"
>;
export type PeopleUser = Pick<User, "eventAccess">;

/** Keys of one request of the database. */
const listsAtOnce = 100;

/** The lists of an order, or of several, that name people the user may see. */
export interface PeopleLists {
  readonly testers: readonly string[];
  /** Partitions of the ledger. */
  readonly partitions: readonly string[];
  readonly dryRuns: readonly DryRunListId[];
}

/**
 * Whether the user may see this participant; it reads nothing of the participant's record, so neither the result nor the
 * time it takes depends on whether a person of another user's events has this id. `order`: an order of the user that is
 * looked at first, if the question comes from its page.
 */
export async function maySeePerson(
  ports: PeopleAccessPorts,
  user: PeopleUser,
  order: WorkOrder | undefined,
  participantId: string,
): Promise<boolean> {
  if (seesAllEvents(user) || (await testerIds(ports, order)).includes(participantId)) return true;
  for await (const lists of severalAtOnce(peopleLists(ports, user, order)))
    if (await isOnList(ports, lists, participantId)) return true;
  return false;
}

/** Lists of several orders together: keys are read a hundred at a time. The first order's come alone. */
async function* severalAtOnce(each: AsyncIterable<PeopleLists>): AsyncGenerator<PeopleLists> {
  let gathered: PeopleLists | undefined;
  let isFirst = true;
  for await (const lists of each) {
    gathered = gathered ? joined(gathered, lists) : lists;
    if (!isFirst && gathered.partitions.length < listsAtOnce && gathered.dryRuns.length < listsAtOnce) continue;
    yield gathered;
    gathered = undefined;
    isFirst = false;
  }
  if (gathered) yield gathered;
}

const joined = (one: PeopleLists, other: PeopleLists): PeopleLists => ({
  testers: [...one.testers, ...other.testers],
  partitions: [...one.partitions, ...other.partitions],
  dryRuns: [...one.dryRuns, ...other.dryRuns],
});

export async function isOnList(
  { deliveries, dryRunRecipients }: Pick<Manager, "deliveries" | "dryRunRecipients">,
  { testers, partitions, dryRuns }: PeopleLists,
  participantId: string,
): Promise<boolean> {
  const found = await Promise.all([
    deliveries.isOnAny(partitions, participantId),
    dryRunRecipients.isOnAny(dryRuns, participantId),
  ]);
  return testers.includes(participantId) || found.includes(true);
}

/** Ids of the testers of Config, and of the order; addresses typed for orders of other events are not among them. */
export async function testerIds(
  { configTable }: Pick<Manager, "configTable">,
  order: Pick<WorkOrder, "testers" | "eventCode"> | undefined,
): Promise<string[]> {
  const known = await configTable.testers();
  const hidden = new Set(known.filter((tester) => !isOffered(tester, order?.eventCode ?? "")).map(({ id }) => id));
  return [...new Set([...(order?.testers ?? []), ...known.map(({ id }) => id)])].filter((id) => !hidden.has(id));
}

/** The lists of `order`, if there is one, then those of every other order of the user's events. */
export async function* peopleLists(
  ports: PeopleAccessPorts,
  user: PeopleUser,
  order: WorkOrder | undefined,
): AsyncGenerator<PeopleLists> {
  if (order) yield await listsOf(ports, user, order);
  const onBadItem = (error: unknown) => ports.reportBadItem(error, "a work order cannot be read");
  for await (const other of ports.orders.list(onBadItem))
    if (other.id !== order?.id && maySee(user, other.eventCode)) yield await listsOf(ports, user, other);
}

async function listsOf(ports: PeopleAccessPorts, user: PeopleUser, order: WorkOrder): Promise<PeopleLists> {
  const mailings = mailingsOf(order).filter(({ eventCode }) => maySee(user, eventCode));
  const sent = mailings.flatMap((mailing) => mailing.languages.map((language) => mailingKey(mailing, language)));
  const { runId: testRun } = order.steps.Test;
  const tested =
    testRun === undefined ? [] : order.languages.map((code) => testPartition(mailingKey(order, code), testRun));
  const dryRun = await shownRun(ports, user, order, "Dry-Run");
  const dryRuns = dryRun === undefined ? [] : order.languages.map((language) => ({ runId: dryRun, language }));
  return { testers: order.testers, partitions: [...sent, ...tested], dryRuns };
}

/**
 * The run whose list of people the user may see: of Dry-Run the last complete one, of Send the last. A reset keeps these
 * runs; after an order was moved to another event they are about people of the event before, and shown only to
 * users with access to every event.
 */
export async function shownRun(
  { audit }: Pick<Manager, "audit">,
  user: PeopleUser,
  order: WorkOrder,
  step: "Dry-Run" | "Send",
): Promise<string | undefined> {
  const { status, runId, resultRunId } = order.steps[step];
  const shown = step === "Dry-Run" ? resultRunId : runId;
  if (shown === undefined || seesAllEvents(user)) return shown;
  // A move resets the step, so a step that is not reset has run since.
  const ranSince = step === "Dry-Run" ? status === "complete" && runId === shown : status !== "ready";
  return ranSince || !(await wasMoved({ audit }, order)) ? shown : undefined;
}

/** True if the order was ever moved to another event. */
async function wasMoved({ audit }: Pick<Manager, "audit">, { id }: WorkOrder): Promise<boolean> {
  const edits = await audit.editsSince(id, "1970-01-01T00:00:00.000Z");
  return edits.some(
    ({ data }) => typeof data?.["changed"] === "object" && Object.hasOwn(data["changed"] ?? {}, "eventCode"),
  );
}
