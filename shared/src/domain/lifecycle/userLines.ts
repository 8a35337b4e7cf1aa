import { maskAddresses } from "../recipients/address.ts";
import { type Instant, instant } from "../time.ts";
import type { AuditLine } from "./auditLines.ts";

/** What a user did to an order; `workOrderId` is `-` for what outlives it. */
interface UserAct {
  readonly workOrderId: string;
  /** User id. */
  readonly by: string;
  /** In plain words. */
  readonly what: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

const textLimitCharacters = 300;

/**
 * `U#<time>#<ulid>`: edits, archiving, deletions, lease take-overs, resolutions. `id` is a new ULID; `now` epoch
 * milliseconds. Addresses in texts are masked and long texts cut; secrets the caller leaves out.
 */
export function userLine({ workOrderId, by, what, data }: UserAct, id: string, now: number): AuditLine {
  const at: Instant = instant(now);
  return { workOrderId, sk: `U#${at}#${id}`, at, by, what, ...(data && { data: harmless(data) as typeof data }) };
}

function harmless(value: unknown): unknown {
  if (typeof value === "string") {
    const masked = maskAddresses(value);
    return masked.length <= textLimitCharacters ? masked : `${masked.slice(0, textLimitCharacters - 1)}…`;
  }
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, harmless(inner)]));
}
