import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { isLeftOutFor } from "../recipients/leftOutSource.ts";
import { maySeePerson, type PeopleAccessPorts } from "./peopleAccess.ts";

type PersonPorts = PeopleAccessPorts & Pick<Manager, "searchRate">;
type Ports = PersonPorts & Pick<Manager, "participants" | "events">;

/**
 * Throws AppError `not-found` unless the user may see this person from an order: they are on a list of an order of the user's
 * events, or the mailing of this order concerns them (see the list *left out*). The same for an id that does not exist; many such
 * ids are `too-many-requests`.
 */
export async function refuseUnseenPerson(ports: Ports, user: User, order: WorkOrder, id: string): Promise<void> {
  const isSeen =
    fitsSortKey(id) && ((await maySeePerson(ports, user, order, id)) || (await isLeftOutFor(ports, order, id)));
  if (!isSeen) throw unseen(ports, user, id);
}

/** As `refuseUnseenPerson`, on the pages of People: from no order. */
export async function refuseForeignPerson(ports: PersonPorts, user: User, id: string): Promise<void> {
  if (fitsSortKey(id) && (await maySeePerson(ports, user, undefined, id))) return;
  throw unseen(ports, user, id);
}

/** As `refuseForeignPerson`, for what concerns every mailing of the person: AppError `forbidden` for users of some events only. */
export async function refuseUnlessAllEvents(ports: PersonPorts, user: User, id: string): Promise<void> {
  await refuseForeignPerson(ports, user, id);
  if (!seesAllEvents(user))
    throw new AppError(
      "forbidden",
      "It concerns the mailings of every event, and you see only some. Ask an administrator.",
    );
}

function unseen({ searchRate }: Pick<Manager, "searchRate">, user: User, id: string): AppError {
  searchRate.take(user.id);
  const where = seesAllEvents(user) ? "" : " on a list of your events";
  return new AppError("not-found", `There is no participant ${id.slice(0, 300)}${where}.`);
}
