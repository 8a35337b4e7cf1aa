import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { UserAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { personLines, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { isSigned, sign } from "@email-agent/shared/domain/signingSecrets.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import { z } from "zod";
import {
  type AddressBody,
  type ForgetBody,
  type LiftBody,
  longestReason,
  type ResubscribeBody,
  type UnsubscribeBody,
} from "../../api/personChanges.ts";
import type { Manager } from "../manager.ts";
import { peopleElsewhere, refuseElsewhere } from "../settings/maintainedElsewhere.ts";
import { peopleChanged } from "./peopleIndexes.ts";

/*
 * What users change of one person, each with a reason. A change is one conditional write, which names what the user saw,
 * and one line of the audit under the person; the line holds no address.
 */

export type ChangePorts = Pick<Manager, "config" | "participants" | "people" | "audit" | "clock" | "log">;
type Changer = Pick<User, "id">;

const reason = z.string().trim().min(1, "Say why: it is kept in the history of the person").max(longestReason);

export const addressBody = z.object({
  address: z.string().max(400),
  seen: z.string().max(400),
  reason,
}) satisfies z.ZodType<AddressBody>;
export const unsubscribeBody = z.object({ reason }) satisfies z.ZodType<UnsubscribeBody>;
export const resubscribeBody = z.object({
  seen: z.string().max(100).exactOptional(),
  reason,
}) satisfies z.ZodType<ResubscribeBody>;
export const liftBody = z.object({ seen: z.string().max(100), reason }) satisfies z.ZodType<LiftBody>;
export const forgetBody = z.object({ confirm: z.string(), reason }) satisfies z.ZodType<ForgetBody>;

/** Replaces the address. A suppression of the old one counts no longer, as it belongs to that address. AppError `conflict` if people are maintained elsewhere. */
export async function correctAddress(
  ports: ChangePorts & Pick<Manager, "configStore">,
  user: Changer,
  id: string,
  { address: typed, seen, reason: why }: AddressBody,
): Promise<void> {
  refuseElsewhere(await peopleElsewhere(ports));
  const address = mailAddress(typed);
  if (address === undefined)
    throw new AppError("invalid-input", "This is not a mail address. Check it for blanks and typing errors.", {
      details: { fields: { address: "This is not a mail address. Check it for blanks and typing errors." } },
    });
  const now = await changeable(ports, id);
  const before = now.email ?? undefined;
  if (!isSigned(ports.config.SESSION_SECRET, addressText(now), seen)) throw changedMeanwhile();
  if (before?.trim() === address) throw new AppError("conflict", "The record has this address already.", same);
  if ((await ports.participants.correctAddress(id, before, address)) === "changed") throw changedMeanwhile();
  await record(ports, user, id, "address corrected", why);
}

export async function unsubscribePerson(
  ports: ChangePorts,
  user: Changer,
  id: string,
  { reason: why }: UnsubscribeBody,
): Promise<void> {
  await changeable(ports, id);
  if (!(await ports.participants.unsubscribe(id, instant(ports.clock.now()), "user")))
    throw new AppError("conflict", "The person is unsubscribed already. Reload the page.", same);
  await record(ports, user, id, "unsubscribed", why);
}

export async function resubscribePerson(
  ports: ChangePorts,
  user: Changer,
  id: string,
  { seen, reason: why }: ResubscribeBody,
): Promise<void> {
  await changeable(ports, id);
  if ((await ports.participants.resubscribe(id, seen)) === "changed") throw changedMeanwhile();
  await record(ports, user, id, "resubscribed", why);
}

export async function liftSuppression(
  ports: ChangePorts,
  user: Changer,
  id: string,
  { seen, reason: why }: LiftBody,
): Promise<void> {
  const { suppression } = await changeable(ports, id);
  if (suppression?.at !== seen) throw changedMeanwhile();
  if ((await ports.participants.liftSuppression(id, suppression)) === "changed") throw changedMeanwhile();
  await record(ports, user, id, "suppression lifted", why);
}

/**
 * Names the address of a person, so that a page on which it is masked can say which one it showed. Nothing can be learned
 * from it about the address.
 */
export function addressSeen({ config }: Pick<Manager, "config">, participant: Participant): string {
  return sign(config.SESSION_SECRET, addressText(participant));
}

function addressText({ id, email }: Participant): string {
  return `address.${JSON.stringify([id, email ?? ""])}`;
}

/** The record. AppError `not-found`, or `conflict` for a person who was forgotten. */
async function changeable({ participants }: ChangePorts, id: string): Promise<Participant> {
  const participant = fitsSortKey(id) ? await participants.get(id) : undefined;
  if (!participant) throw new AppError("not-found", `There is no participant ${id.slice(0, 300)}.`);
  if (participant.forgotten)
    throw new AppError("conflict", "The person was forgotten and can never be mailed again. Nothing can be changed.", {
      details: { reason: "forgotten" },
    });
  return participant;
}

const same = { details: { reason: "changed" } } as const;

function changedMeanwhile(): AppError {
  const message =
    "Someone else changed this person meanwhile, and nothing was changed now. Reload the page and look again.";
  return new AppError("conflict", message, same);
}

type PersonChange = Extract<UserAct, { what: "person changed" }>["data"];

async function record(
  ports: ChangePorts,
  user: Changer,
  participantId: string,
  change: PersonChange["change"],
  why: string,
): Promise<void> {
  const { audit, clock, log } = ports;
  const now = clock.now();
  const data: PersonChange = { participantId, change, reason: why };
  const line = { workOrderId: personLines(participantId), by: user.id, what: "person changed" as const, data };
  await audit.put(userLine(line, ulid(now), now));
  await peopleChanged(ports, [participantId]);
  log.info({ participantId, change, by: user.id }, "a user changed a person");
}
