import type { Delivery } from "./delivery.ts";
import type { DryRunRecipient } from "./dryRunRecipient.ts";

/*
 * Erasing what a mailing holds of a person: name, address and the server's reply go, the row stays, so that no one is mailed
 * twice and every number stays true.
 */

/** True if a delivery holds nothing that must be erased. */
export function isErased({
  name,
  email,
  smtpResponse,
  bounced,
}: Pick<Delivery, "name" | "email" | "smtpResponse" | "bounced">): boolean {
  return name === "" && email === "" && smtpResponse === undefined && bounced?.reply === undefined;
}

/** True if a line of a Dry-Run holds nothing that must be erased. Its subject and its error may repeat the name. */
export function isErasedLine({
  name,
  email,
  subject,
  error,
}: Pick<DryRunRecipient, "name" | "email" | "subject" | "error">): boolean {
  return name === "" && email === "" && subject === "" && error === undefined;
}
