import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { maskedAddress } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { PreviewParticipant } from "../../api/preview.ts";
import type { Manager } from "../manager.ts";
import { maySeePerson, type PeopleAccessPorts, shownRun } from "../people/peopleAccess.ts";
import { peopleById } from "../testers/peopleById.ts";

export type PersonParts = PeopleAccessPorts & Pick<Manager, "participants" | "searchRate">;

/**
 * The person the mail is shown for: the requested participant, else the first tester, else the first recipient of the last
 * Dry-Run, else any person the user may see. Undefined if there is none.
 *
 * @throws AppError `not-found` for an id of no person the user may see, whether or not it exists;
 *   `too-many-requests` instead of it for a user who requests many of them
 */
export async function previewPerson(
  parts: PersonParts,
  user: User,
  order: WorkOrder,
  language: string,
  wanted?: string,
  signal?: AbortSignal,
): Promise<Participant | undefined> {
  if (wanted) return askedPerson(parts, user, order, wanted);
  return (
    (await firstTester(parts, order)) ??
    (await firstRecipient(parts, user, order, language, signal)) ??
    (seesAllEvents(user) ? await anyParticipant(parts) : undefined)
  );
}

async function askedPerson(parts: PersonParts, user: User, order: WorkOrder, id: string): Promise<Participant> {
  const isAllowed = fitsSortKey(id) && (await maySeePerson(parts, user, order, id));
  const participant = isAllowed ? (await peopleById(parts, [id])).get(id) : undefined;
  if (participant) return participant;
  parts.searchRate.take(user.id);
  const where = seesAllEvents(user) ? "" : " on a list of your events";
  throw new AppError("not-found", `There is no participant ${id.slice(0, 300)}${where}. Choose another one.`);
}

async function firstTester(
  parts: Pick<PersonParts, "participants" | "configTable">,
  { testers }: WorkOrder,
): Promise<Participant | undefined> {
  const found = await peopleById(parts, testers);
  const first = testers.find((id) => found.has(id));
  return first === undefined ? undefined : found.get(first);
}

async function firstRecipient(
  parts: PersonParts,
  user: User,
  order: WorkOrder,
  language: string,
  signal?: AbortSignal,
): Promise<Participant | undefined> {
  const runId = await shownRun(parts, user, order, "Dry-Run");
  if (runId === undefined) return undefined;
  for await (const page of parts.dryRunRecipients.pages(runId, language, signal)) {
    for (const { participantId, status } of page) {
      const participant = status === "ok" ? await parts.participants.get(participantId) : undefined;
      if (participant) return participant;
    }
  }
  return undefined;
}

async function anyParticipant({ participants }: Pick<PersonParts, "participants">): Promise<Participant | undefined> {
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
  if (typeof value === "string") return maskAddresses(value);
  if (Array.isArray(value)) return value.map(withoutAddresses);
  // Plain objects only: a set or bytes of the database hold no text that a mail shows.
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutAddresses(inner)]));
}

/** What the page shows of a participant, after `personFor`. */
export function shownPerson(participant: Participant): PreviewParticipant {
  const { id, email } = participant;
  return { id, name: personName(participant), email: (email ?? "").trim() };
}
