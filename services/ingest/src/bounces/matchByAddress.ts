import type { Contacts } from "@email-agent/shared/adapters/contacts.ts";
import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { BounceReport } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { comparableRecipient } from "@email-agent/shared/domain/bounces/recipientOf.ts";
import { isReached } from "@email-agent/shared/domain/delivery/delivery.ts";
import { splitMailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Matched } from "./matched.ts";

export interface AddressPorts {
  readonly deliveries: Pick<Deliveries, "ofPerson">;
  readonly contacts: Pick<Contacts, "pages">;
  readonly orders: Pick<WorkOrderStore, "list">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
}

/** The newest mail to the address of a report that it can be about; `unmatched`: why there is none. */
export type MatchByAddress = (report: BounceReport) => Promise<Matched | { readonly unmatched: string }>;

const none = { unmatched: "It does not name its mail, and none was sent to its address in the two weeks before." };
const notRead = {
  unmatched: "It does not name its mail, and its address is new: all people were read too often this hour.",
};

const hour = 60 * 60_000;
/** Servers give a mail up after five days at the latest (RFC 5321 4.5.4.1); more time for reports that lie about. */
const longestMilliseconds = 14 * 24 * hour;
/** A clock of a foreign server may be wrong by this. */
const skewMilliseconds = hour;
const freshMilliseconds = 60_000;
/** Anyone can write reports about unknown addresses: all people are read this often an hour at most. */
const mostReadings = 4;

/**
 * Matches reports that do not name their mail: by the address it was sent to, in the mailing that the report names, or in all
 * that were sent in the two weeks before. There is no index of addresses, for it would cost a write for each change of a
 * person: all people are read once for all reports of a minute, and at most four times an hour. Then only an address that the
 * last reading knows is found.
 */
export function matchByAddress({ deliveries, contacts, orders, clock }: AddressPorts): MatchByAddress {
  const people = peopleReader(contacts, clock);
  const mailings = heldFor(freshMilliseconds, clock, () => recentMailings(orders, clock.now()));
  return async (report) => {
    const { recipient, mailing, run } = report;
    if (recipient === undefined) return none;
    const named = mailing !== undefined && splitMailingKey(mailing) ? [mailing] : await mailings();
    const partitions = [...named, ...(mailing && run && named[0] === mailing ? [testPartition(mailing, run)] : [])];
    if (partitions.length === 0) return none;
    const address = comparableRecipient(recipient);
    const ids = await people(address);
    if (ids === undefined) return notRead;
    const found: Matched[] = [];
    for (const id of ids.filter(fitsSortKey))
      for (const [partition, delivery] of await deliveries.ofPerson(partitions, id)) {
        const age = epochMilliseconds(report.at) - epochMilliseconds(delivery.sendingAt);
        const isInTime = age >= -skewMilliseconds && age <= longestMilliseconds;
        if (!isInTime || !isReached(delivery.status) || comparableRecipient(delivery.email) !== address) continue;
        const [mailingKey = partition, testRun] = partition.split("~");
        found.push({ partition, mailingKey, delivery, isTest: testRun !== undefined });
      }
    const newest = (one: Matched, other: Matched) => other.delivery.sendingAt.localeCompare(one.delivery.sendingAt);
    return found.sort(newest)[0] ?? none;
  };
}

/** The ids of an address; undefined if the last reading does not know it and another one is not allowed yet. */
function peopleReader(contacts: Pick<Contacts, "pages">, clock: Pick<Clock, "monotonic">) {
  let held: { readAt?: number; readonly ids: Promise<ReadonlyMap<string, readonly string[]>> } | undefined;
  let readings: number[] = [];
  const isYoung = (at: number | undefined, milliseconds: number) =>
    at === undefined || clock.monotonic() - at < milliseconds;
  const read = () => {
    readings.push(clock.monotonic());
    const entry: NonNullable<typeof held> = { ids: idsByAddress(contacts) };
    held = entry;
    const end = () => {
      if (held === entry) held = undefined;
    };
    entry.ids.then(() => {
      entry.readAt = clock.monotonic();
    }, end);
    return entry;
  };
  return async (address: string): Promise<readonly string[] | undefined> => {
    for (;;) {
      if (held && !isYoung(held.readAt, hour)) held = undefined;
      const known = held;
      const ids = (await known?.ids)?.get(address);
      if (ids) return ids;
      if (known !== held) continue;
      if (known && isYoung(known.readAt, freshMilliseconds)) return [];
      readings = readings.filter((at) => isYoung(at, hour));
      if (readings.length >= mostReadings) return undefined;
      return (await read().ids).get(address) ?? [];
    }
  };
}

/** Ids by address: several people may share one. */
async function idsByAddress(contacts: Pick<Contacts, "pages">): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = new Map<string, string[]>();
  for await (const page of contacts.pages(new AbortController().signal))
    for (const { id, email } of page) {
      if (!email) continue;
      const address = comparableRecipient(email);
      ids.set(address, [...(ids.get(address) ?? []), id]);
    }
  return ids;
}

/** Mailing keys of every order whose Send did something lately. */
async function recentMailings(orders: Pick<WorkOrderStore, "list">, now: number): Promise<readonly string[]> {
  const keys = new Set<string>();
  // A damaged order hides no other; the reaper reports it.
  for await (const order of orders.list(() => undefined))
    if (now - lastSent(order) <= longestMilliseconds) for (const key of order.mailingKeys ?? []) keys.add(key);
  return [...keys];
}

function lastSent({ steps: { Send }, updatedAt }: WorkOrder): number {
  if (Send.status === "working" || Send.status === "sleeping") return Number.POSITIVE_INFINITY;
  return Math.max(...[Send.endedAt, Send.startedAt, updatedAt].map((at) => (at ? epochMilliseconds(at) : 0)));
}

/** What `read` found, for a time; those who ask while it is read wait for the same. */
function heldFor<Value>(milliseconds: number, clock: Pick<Clock, "monotonic">, read: () => Promise<Value>) {
  let held: { readonly until: number; readonly value: Promise<Value> } | undefined;
  return (): Promise<Value> => {
    if (held && clock.monotonic() < held.until) return held.value;
    const value = read();
    const entry = { until: clock.monotonic() + milliseconds, value };
    held = entry;
    value.catch(() => {
      if (held === entry) held = undefined;
    });
    return value;
  };
}
