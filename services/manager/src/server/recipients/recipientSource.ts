import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { AttentionStatus } from "@email-agent/shared/adapters/deliveryLists.ts";
import type { DryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { Searchable } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { fromDelivery, fromDryRun, type Recipient } from "./recipient.ts";

/** Where a list is taken up again: what its order goes by, most important first. */
export type Place = readonly string[];

/** A step of reading a list. */
export interface ListStep {
  /** `position`: of the person among all who were looked at in this step, from 1. */
  readonly found: readonly { readonly recipient: Recipient; readonly place: Place; readonly position: number }[];
  /** People looked at in this step, found or not. */
  readonly looked: number;
  /** Everything up to here was looked at; absent at the end of the list. */
  readonly readTo?: Place;
}

export interface ListRead {
  /** Begins behind it. */
  readonly after?: Place;
  /** About how many people are wanted at a time. */
  readonly atOnce: number;
  /** Only people it accepts. */
  readonly accepts?: (person: Searchable) => boolean;
  readonly signal: AbortSignal;
}

/** A list of people in a fixed order, read step by step. */
export type RecipientSource = (read: ListRead) => AsyncIterable<ListStep>;

const shards = 16;
/** What a filter looks at per shard and step: some thousands together, a fifth of a second. */
const filteredPerShard = 250;
/** Steps of a whole export: few enough to keep memory flat. */
const perShardLimit = 250;

/** So many per shard that all together nearly always hold `wanted` in one step: a shard's share varies as a Poisson count. */
function perShard(wanted: number): number {
  const share = wanted / shards;
  return Math.min(perShardLimit, Math.ceil(share + 2.5 * Math.sqrt(share) + 2));
}

const orderedRead = ({ after, signal }: ListRead, count: number) => ({
  perShard: count,
  signal,
  ...(after?.[0] !== undefined && { after: after[0] }),
});

/** Deliveries by participant id; with `status` only those. */
export function ledgerSource(
  deliveries: Pick<Deliveries, "inOrder" | "peopleInOrder" | "getMany">,
  partition: string,
  options: { readonly status?: "sent" | "sending" | "deferred"; readonly mayResolve: boolean },
): RecipientSource {
  const { status, mayResolve } = options;
  const isRare = status === "sending" || status === "deferred";
  return (read) => (read.accepts || isRare ? searched(read) : whole(read));

  async function* whole(read: ListRead): AsyncIterable<ListStep> {
    for await (const { items, readTo } of deliveries.inOrder(partition, orderedRead(read, perShard(read.atOnce)))) {
      const found = items.flatMap((delivery, index) =>
        status === undefined || delivery.status === status ? [foundAt(delivery, index + 1)] : [],
      );
      yield step(found, items.length, readTo);
    }
  }

  /** Where few are wanted of many: names and statuses first, then those who fit as a whole. */
  async function* searched(read: ListRead): AsyncIterable<ListStep> {
    const { accepts = () => true } = read;
    const people = deliveries.peopleInOrder(partition, orderedRead(read, filteredPerShard));
    for await (const { items, readTo } of people) {
      const fitting = items.flatMap((person, index) =>
        (status === undefined || person.status === status) && accepts(person)
          ? [{ id: person.participantId, position: index + 1 }]
          : [],
      );
      const now = await deliveries.getMany(
        partition,
        fitting.map(({ id }) => id),
      );
      const found = fitting.flatMap(({ id, position }) => {
        const delivery = now.get(id);
        const fits = delivery && (status === undefined || delivery.status === status);
        return fits ? [foundAt(delivery, position)] : [];
      });
      yield step(found, items.length, readTo);
    }
  }

  function foundAt(delivery: Delivery, position: number) {
    return { recipient: fromDelivery(delivery, mayResolve), place: [delivery.participantId], position };
  }
}

/** Failed or in-doubt deliveries, newest first. */
export function attentionSource(
  deliveries: Pick<Deliveries, "needingAttention">,
  partition: string,
  options: { readonly status: AttentionStatus; readonly mayResolve: boolean },
): RecipientSource {
  const { status, mayResolve } = options;
  return async function* ({ after, atOnce, accepts, signal }) {
    const [endedAt, participantId] = after ?? [];
    const from = endedAt !== undefined && participantId !== undefined ? { endedAt, participantId } : undefined;
    const limit = accepts ? filteredPerShard : atOnce;
    const pages = deliveries.needingAttention(partition, status, { limit, signal, ...(from && { after: from }) });
    for await (const { items, readTo } of pages) {
      const found = items.flatMap(({ delivery, place }, index) =>
        !accepts || accepts(delivery)
          ? [
              {
                recipient: fromDelivery(delivery, mayResolve),
                place: [place.endedAt, place.participantId],
                position: index + 1,
              },
            ]
          : [],
      );
      const looked = items.length;
      yield { found, looked, ...(readTo && { readTo: [readTo.endedAt, readTo.participantId] }) };
    }
  };
}

/** The lines of a Dry-Run by participant id. */
export function dryRunSource(
  dryRunRecipients: Pick<DryRunRecipients, "inOrder">,
  { runId, language, status }: { runId: string; language: string; status?: "ok" | "error" },
): RecipientSource {
  return async function* (read) {
    const count = read.accepts || status === "error" ? filteredPerShard : perShard(read.atOnce);
    const pages = dryRunRecipients.inOrder(runId, language, orderedRead(read, count));
    for await (const { items, readTo } of pages) {
      const found = items.flatMap((line, index) =>
        (status === undefined || line.status === status) && (!read.accepts || read.accepts(line))
          ? [{ recipient: fromDryRun(line), place: [line.participantId], position: index + 1 }]
          : [],
      );
      yield step(found, items.length, readTo);
    }
  };
}

function step(found: ListStep["found"], looked: number, readTo: string | undefined): ListStep {
  return { found, looked, ...(readTo !== undefined && { readTo: [readTo] }) };
}
