import type { Delivery } from "../delivery/delivery.ts";
import { isSameAddress } from "../recipients/address.ts";
import type { Participant } from "../recipients/participant.ts";
import type { BounceVerdict } from "./judgeBounce.ts";

/** What a bounce or a complaint changes of a person; every field given is written. */
export interface PersonEffect {
  readonly suppression?: NonNullable<Participant["suppression"]>;
  readonly softBounces?: NonNullable<Participant["softBounces"]>;
  /** Unsubscribes the person. */
  readonly unsubscribed?: true;
}

type Person = Pick<Participant, "email" | "suppression" | "softBounces" | "unsubscribe" | "forgotten">;

const day = 24 * 60 * 60_000;
/** A soft bounce that comes later than this after the one before begins the count anew. */
const inARowMilliseconds = 90 * day;

/**
 * What a bounce changes of the person whom the mail was for. A hard one suppresses the address; a soft one is counted, and
 * the one that reaches `softLimit` (0: never) suppresses. Only for a bounce that counts. An address that was changed since the mail is left alone.
 *
 * @param at when the bounce was reported (ISO), `code` what the report gave
 */
export function afterBounce(
  person: Person | undefined,
  delivery: Pick<Delivery, "email">,
  kind: BounceVerdict["kind"],
  softLimit: number,
  { at, code }: { readonly at: string; readonly code: string },
): PersonEffect | undefined {
  if (!isStillOf(person, delivery)) return undefined;
  const address = (person.email ?? "").trim();
  const isSuppressed = isSameAddress(person.suppression?.address, address) && address !== "";
  const suppression = { address, code, at };
  if (kind === "hard") return isSuppressed ? undefined : { suppression };
  const before = person.softBounces;
  const isInARow =
    before != null &&
    isSameAddress(before.address, address) &&
    Math.abs(Date.parse(at) - Date.parse(before.at)) <= inARowMilliseconds;
  // Reports arrive in any order.
  const last = isInARow && before.at > at ? before.at : at;
  const softBounces = { address, count: isInARow ? before.count + 1 : 1, at: last };
  const isTooMany = softLimit > 0 && softBounces.count >= softLimit && !isSuppressed;
  return { softBounces, ...(isTooMany && { suppression }) };
}

/** What a complaint changes: the person is unsubscribed, whatever address they have by now. */
export function afterComplaint(person: Person | undefined): PersonEffect | undefined {
  return person && !person.forgotten && !person.unsubscribe ? { unsubscribed: true } : undefined;
}

function isStillOf(person: Person | undefined, { email }: Pick<Delivery, "email">): person is Person {
  return person !== undefined && !person.forgotten && email !== "" && isSameAddress(person.email, email);
}
