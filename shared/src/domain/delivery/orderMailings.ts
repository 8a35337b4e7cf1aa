import type { WorkOrder } from "../workOrder.ts";
import { type MailingKeyParts, mailingKey, splitMailingKey } from "./mailingKey.ts";

type Sending = Pick<WorkOrder, "eventCode" | "subEvent" | "stage" | "revision" | "languages" | "mailingKeys">;

/** A mailing that an order sends now or has sent before. `name` is its mailing key without the language. */
export interface OrderMailing extends Omit<MailingKeyParts, "language"> {
  readonly name: string;
  readonly languages: readonly string[];
  /** What the next start of Send mails. */
  readonly isCurrent: boolean;
  /** Its Send was started at least once. Taken as true of orders that keep no list yet. */
  readonly hasBegun: boolean;
}

/** `mailingKeys` of an order once its Send is started: every key it has begun to mail, oldest first, each once. */
export function mailingKeysOnceStarted(order: Sending): string[] {
  return [...new Set([...begunKeys(order), ...keysOf(order, order.revision)])];
}

/**
 * The mailings of an order, the current one first, then the others, newest first. A new revision, event or stage makes a
 * new mailing, whose ledger is empty; the earlier ones stay to be looked at.
 */
export function mailingsOf(order: Sending): [OrderMailing, ...OrderMailing[]] {
  const { eventCode, subEvent, stage, revision, languages } = order;
  const current = { eventCode, subEvent, stage, ...(revision !== undefined && { revision }) };
  const earlier = new Map<string, OrderMailing>();
  for (const key of begunKeys(order)) {
    const parts = splitMailingKey(key);
    const name = key.slice(0, key.lastIndexOf("_"));
    if (!parts || name === nameOf(current)) continue;
    const { language, ...mailing } = parts;
    const known = earlier.get(name)?.languages ?? [];
    earlier.set(name, { ...mailing, name, languages: [...known, language], isCurrent: false, hasBegun: true });
  }
  const keys = keysOf(order, revision);
  const hasBegun = order.mailingKeys === undefined || order.mailingKeys.some((key) => keys.includes(key));
  const now = { ...current, name: nameOf(current), languages, isCurrent: true, hasBegun };
  return [now, ...[...earlier.values()].reverse()];
}

/** Orders from before the list was kept have probably mailed the revisions below their own. */
function begunKeys(order: Sending): readonly string[] {
  if (order.mailingKeys) return order.mailingKeys;
  if (order.revision === undefined) return [];
  const revisions = [undefined, ...Array.from({ length: order.revision - 1 }, (_, n) => n + 1)];
  return revisions.flatMap((revision) => keysOf(order, revision));
}

function keysOf(order: Sending, revision: number | undefined): string[] {
  return order.languages.map((code) => mailingKey({ ...order, revision }, code));
}

function nameOf({ eventCode, subEvent, stage, revision }: Omit<MailingKeyParts, "language">): string {
  return [eventCode, subEvent, stage, ...(revision === undefined ? [] : [revision])].join("_");
}
