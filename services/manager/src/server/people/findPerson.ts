import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { maySeePerson, type PeopleAccessPorts } from "./peopleAccess.ts";

export type PersonPorts = PeopleAccessPorts & Pick<Manager, "participants" | "searchRate">;

/**
 * The record of a person the user may see.
 *
 * @throws AppError `not-found` for all others, whether or not they exist; `too-many-requests` instead of it for a user who
 *   asks for many of them
 */
export async function findPerson(ports: PersonPorts, user: User, id: string): Promise<Participant> {
  const isAllowed = fitsSortKey(id) && (await maySeePerson(ports, user, undefined, id));
  const participant = isAllowed ? await ports.participants.get(id) : undefined;
  if (participant) return participant;
  ports.searchRate.take(user.id);
  const where = seesAllEvents(user) ? "" : " on a list of your events";
  throw new AppError("not-found", `There is no participant ${id.slice(0, 300)}${where}.`);
}
