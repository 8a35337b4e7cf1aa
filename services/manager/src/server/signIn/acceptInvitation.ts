import { invitationsFor, isInvitation } from "@email-agent/shared/domain/configuration/invitations.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import type { Manager } from "../manager.ts";
import type { Identity } from "./oidcClient.ts";

/** What became of a sign-in without a user item. `no address`, `not verified`: what the issuer says of the address is not enough. */
type Outcome = "accepted" | "not invited" | "no address" | "not verified";

const tries = 5;

/**
 * A sign-in of a person whom Config does not know: if an invitation for the verified address of the id token exists, one transaction
 * puts a user with its rights under the issuer's id and removes it. Of sign-ins at the same moment one does so.
 */
export async function acceptInvitation(
  { configStore, clock, log }: Pick<Manager, "configStore" | "clock" | "log">,
  { userId, email, isEmailVerified }: Identity,
): Promise<Outcome> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const users = await configStore.list("user");
    // An item that does not fit is to be repaired, not replaced. No id of the issuer may pass for an invitation.
    if (isInvitation(userId) || users.some(({ key }) => key === userId)) return "not invited";
    const address = mailAddress(email);
    if (address === undefined) return "no address";
    if (!isEmailVerified) return "not verified";
    const invitations = invitationsFor(users, address);
    const latest = invitations.toSorted((one, other) => changedAt(one) - changedAt(other)).at(-1);
    if (!latest) return "not invited";
    const { email: _, ...fields } = latest.fields;
    const after = { noticeAddress: address, ...fields };
    const now = clock.now();
    const change = { kind: "user" as const, by: userId, now };
    const isAccepted = await configStore.changeTogether([
      { ...change, key: userId, before: undefined, after, id: ulid(now) },
      // Two administrators may have invited the same person at the same moment.
      ...invitations.map((before) => ({ ...change, key: before.key, before, after: undefined, id: ulid(now) })),
    ]);
    if (!isAccepted) continue;
    log.info({ userId, invitation: latest.key }, "an invited person became a user");
    return "accepted";
  }
  throw new AppError("busy", "The invitation is being changed by others. Sign in again.");
}

function changedAt({ changedAt: at }: { readonly changedAt?: string | undefined }): number {
  return at === undefined ? 0 : Date.parse(at);
}

const addressReasons = { "no address": "missing", "not verified": "not-verified" } as const;

/** The page that says what an invitation by address would need; undefined if the address is not what is missing. */
export function noAccessPath(outcome: Outcome | undefined): string | undefined {
  const reason = addressReasons[outcome as keyof typeof addressReasons];
  return reason && `/sign-in/no-access?address=${reason}`;
}

/** One sentence for the page No access, by its parameter `address`; undefined if there is nothing to say. */
export function addressSentence(reason: string | string[] | undefined): string | undefined {
  if (reason === "missing")
    return "If you were invited by your mail address: the sign-in service gives none. An administrator can add you by the user id above.";
  if (reason === "not-verified")
    return "If you were invited by your mail address: the sign-in service has not verified that it is yours. Verify it there and sign in again, or let an administrator add you by the user id above.";
  return undefined;
}
