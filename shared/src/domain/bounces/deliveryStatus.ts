import { fieldBlocks } from "./fieldBlocks.ts";
import { headerValue } from "./receivedMail.ts";
import { reportAddress } from "./reportAddress.ts";

/** What a delivery status notification says about one recipient (RFC 3464 2.3). */
export interface RecipientStatus {
  readonly action: "failed" | "delayed" | "delivered" | "relayed" | "expanded";
  /** The address the mail was sent to, as far as the report names it. */
  readonly original?: string;
  /** The address it was delivered to, behind aliases and forwarding. */
  readonly final?: string;
  /** Enhanced code; "" if there is none. */
  readonly status: string;
  /** The diagnostic code without its type; "" if there is none. */
  readonly diagnostic: string;
}

/** Spellings of actions that are not in RFC 3464 and that servers use. */
const actions: Readonly<Record<string, RecipientStatus["action"]>> = {
  failed: "failed",
  failure: "failed",
  fail: "failed",
  undeliverable: "failed",
  error: "failed",
  expired: "failed",
  delayed: "delayed",
  delay: "delayed",
  delivered: "delivered",
  deliverable: "delivered",
  relayed: "relayed",
  expanded: "expanded",
};

/** The recipients of a `message/delivery-status` part, at most `most`. */
export function recipientStatuses(text: string, most: number): RecipientStatus[] {
  const statuses: RecipientStatus[] = [];
  for (const fields of fieldBlocks(text)) {
    if (statuses.length >= most) break;
    const value = (key: string) => headerValue(fields, key);
    const [final, original] = [reportAddress(value("final-recipient")), reportAddress(value("original-recipient"))];
    const action = actions[/[a-z]+/.exec(value("action").toLowerCase())?.[0] ?? ""];
    const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(value("status"))?.[0] ?? "";
    if (!action && !status && !final && !original) continue;
    statuses.push({
      action: action ?? actionOf(status),
      ...(original !== undefined && { original }),
      ...(final !== undefined && { final }),
      status,
      diagnostic: value("diagnostic-code").replace(/^\s*[\w.-]{1,30}\s*;\s*/, ""),
    });
  }
  return statuses;
}

function actionOf(status: string): RecipientStatus["action"] {
  return status.startsWith("2") ? "delivered" : status.startsWith("4") ? "delayed" : "failed";
}
