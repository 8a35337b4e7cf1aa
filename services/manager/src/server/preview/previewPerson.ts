import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maskedAddress } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/service/errors.ts";
import type { PreviewParticipant } from "../../api/preview.ts";
import type { Manager } from "../manager.ts";

/** A table refuses keys of more than 2048 bytes instead of finding nothing. */
const longestId = 300;

type PersonParts = Pick<Manager, "participants" | "dryRunRecipients">;

/**
 * For whom the mail is shown: the asked-for participant, else the first tester, else the first recipient of the last
 * Dry-Run, else anybody. Undefined if there is nobody. Throws AppError `not-found` for an id nobody has.
 */
export async function previewPerson(
  parts: PersonParts,
  order: WorkOrder,
  language: string,
  wanted?: string,
  signal?: AbortSignal,
): Promise<Participant | undefined> {
  if (wanted) {
    const participant = wanted.length <= longestId ? await parts.participants.get(wanted) : undefined;
    if (participant) return participant;
    throw new AppError("not-found", `There is no participant ${wanted.slice(0, longestId)}. Choose another one.`);
  }
  return (
    (await firstTester(parts, order)) ??
    (await firstRecipient(parts, order, language, signal)) ??
    (await anybody(parts))
  );
}

async function firstTester({ participants }: PersonParts, { testers }: WorkOrder): Promise<Participant | undefined> {
  const found = await participants.getMany(testers);
  const first = testers.find((id) => found.has(id));
  return first === undefined ? undefined : found.get(first);
}

async function firstRecipient(
  { participants, dryRunRecipients }: PersonParts,
  order: WorkOrder,
  language: string,
  signal?: AbortSignal,
): Promise<Participant | undefined> {
  const runId = order.steps["Dry-Run"].resultRunId;
  if (runId === undefined) return undefined;
  for await (const page of dryRunRecipients.pages(runId, language, signal)) {
    for (const { participantId, status } of page) {
      const participant = status === "ok" ? await participants.get(participantId) : undefined;
      if (participant) return participant;
    }
  }
  return undefined;
}

async function anybody({ participants }: PersonParts): Promise<Participant | undefined> {
  const { participants: found } = await participants.page({ segment: 0, segments: 1, limit: 1 });
  // A scan leaves out what merge fields may name.
  return found[0] && participants.get(found[0].id);
}

/** The participant as the mail of this user's preview may show it: without addresses if the user may see none. */
export function personFor(user: Pick<User, "showAddresses">, participant: Participant): Participant {
  if (user.showAddresses) return participant;
  const { id, email, ...rest } = participant;
  const masked = withoutAddresses(rest) as Omit<Participant, "id">;
  return { ...masked, id, ...(email != null && { email: maskedAddress(email) }) };
}

/** Merge fields may show any text of the item. */
function withoutAddresses(value: unknown): unknown {
  if (typeof value === "string") return value.includes("@") || value.includes("%40") ? maskAddresses(value) : value;
  if (Array.isArray(value)) return value.map(withoutAddresses);
  // Plain objects only: a set or bytes of the database hold no text that a mail shows.
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutAddresses(inner)]));
}

/** What the page says of a participant, who went through `personFor`. */
export function shownPerson(participant: Participant): PreviewParticipant {
  const { id, email } = participant;
  return { id, name: personName(participant), email: (email ?? "").trim() };
}
