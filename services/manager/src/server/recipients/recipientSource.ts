import type { Searchable } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import type { Recipient } from "./recipient.ts";

/** A place in a list, for its cursor: the values that its order goes by, most important first. */
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
export const filteredPerShard = 250;
/** Steps of a whole export: few enough to keep memory flat. */
const perShardLimit = 250;

/** So many per shard that all together nearly always hold `wanted` in one step: a shard's share varies as a Poisson count. */
export function perShard(wanted: number): number {
  const share = wanted / shards;
  return Math.min(perShardLimit, Math.ceil(share + 2.5 * Math.sqrt(share) + 2));
}

export const orderedRead = ({ after, signal }: ListRead, count: number) => ({
  perShard: count,
  signal,
  ...(after?.[0] !== undefined && { after: after[0] }),
});

/** A step of a list that is ordered by participant id. */
export function listStep(found: ListStep["found"], looked: number, readTo: string | undefined): ListStep {
  return { found, looked, ...(readTo !== undefined && { readTo: [readTo] }) };
}
