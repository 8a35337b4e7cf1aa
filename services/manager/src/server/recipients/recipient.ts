import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import type { DryRunRecipient } from "@email-agent/shared/domain/delivery/dryRunRecipient.ts";
import { maskedAddress, maskRecipient } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { resolvableAt } from "@email-agent/shared/domain/delivery/resolution.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { RecipientRow, ReturnedMail } from "../../api/recipients.ts";

/** One person of a list with everything we know: addresses included. Only what `shownTo` makes of it leaves the server. */
export type Recipient = Omit<RecipientRow, "number">;

/** `mayResolve`: the delivery is one of a mailing, not of a Test. */
export function fromDelivery(delivery: Delivery, mayResolve: boolean): Recipient {
  const { participantId, name, email, status, smtpResponse, smtpCode, attempt, messageId, claimId } = delivery;
  const { permanent, nextAttemptAt, sendingAt, account, resolvedBy, resolvedAt } = delivery;
  const isOpen = mayResolve && status === "in-doubt" && claimId !== undefined;
  return {
    ...{ participantId, name, email, status, attempt, sendingAt, account },
    at: delivery.endedAt ?? sendingAt,
    ...(smtpResponse !== undefined && { response: smtpResponse }),
    ...(smtpCode !== undefined && { code: smtpCode }),
    ...(messageId !== undefined && { messageId }),
    ...(permanent !== undefined && { permanent }),
    ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    ...(resolvedBy !== undefined && { resolvedBy }),
    ...(resolvedAt !== undefined && { resolvedAt }),
    ...returnedOf(delivery),
    ...(isOpen && { claimId, resolvableAt: instant(resolvableAt(delivery)) }),
  };
}

function returnedOf({ bounced, complained }: Delivery): Pick<Recipient, "returned"> {
  if (!bounced && !complained) return {};
  const { kind, code, reply, at } = bounced ?? {};
  const returned: ReturnedMail = {
    ...(kind && code !== undefined && at && { bounced: { kind, code, at, ...(reply !== undefined && { reply }) } }),
    ...(complained && { complained: { at: complained.at } }),
  };
  return { returned };
}

export function fromDryRun({ participantId, name, email, status, at, error }: DryRunRecipient): Recipient {
  return { participantId, name, email, status, at, ...(error !== undefined && { reason: error }) };
}

/**
 * Server-side masking: the row as this user may see it. Without `showAddresses` every address is masked, also in names and
 * in replies of mail servers, where the local part of the recipient is hidden in every place.
 */
export function shownTo(user: { readonly showAddresses: boolean }, recipient: Recipient): Recipient {
  if (user.showAddresses) return recipient;
  const { response, reason, returned } = recipient;
  const { bounced } = returned ?? {};
  return {
    ...recipient,
    name: maskAddresses(recipient.name),
    email: maskedAddress(recipient.email),
    ...(response !== undefined && { response: maskRecipient(response, recipient.email) }),
    ...(reason !== undefined && { reason: maskRecipient(reason, recipient.email) }),
    ...(bounced?.reply !== undefined && {
      returned: { ...returned, bounced: { ...bounced, reply: maskRecipient(bounced.reply, recipient.email) } },
    }),
  };
}
