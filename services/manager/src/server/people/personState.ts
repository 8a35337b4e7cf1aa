import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { maskedAddress } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { isSameAddress, maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { PersonState } from "../../api/personChanges.ts";
import type { Manager } from "../manager.ts";
import { peopleElsewhere } from "../settings/maintainedElsewhere.ts";
import { addressSeen } from "./changePerson.ts";
import { personHistory } from "./personHistory.ts";
import { maySeeMailing } from "./personRow.ts";

type Ports = Pick<Manager, "config" | "participants" | "audit" | "configTable" | "configStore">;

/** What can be changed of a person, as this user may see it, and what was. AppError `not-found`. */
export async function personState(
  ports: Ports,
  user: Pick<User, "showAddresses" | "eventAccess">,
  id: string,
): Promise<PersonState> {
  const participant = fitsSortKey(id) ? await ports.participants.get(id) : undefined;
  if (!participant) throw new AppError("not-found", `There is no participant ${id.slice(0, 300)}.`);
  const name = personName(participant);
  const email = (participant.email ?? "").trim();
  const elsewhere = await peopleElsewhere(ports);
  return {
    id: participant.id,
    name: user.showAddresses ? name : maskAddresses(name),
    email: user.showAddresses ? email : maskedAddress(email),
    addressSeen: addressSeen(ports, participant),
    ...standingOf(user, participant),
    ...(elsewhere !== undefined && { elsewhere }),
    seesAllEvents: seesAllEvents(user),
    history: await personHistory(ports, user, id),
  };
}

function standingOf(
  user: Pick<User, "eventAccess">,
  { id: _id, unsubscribe, unsubscribedAt, unsubscribedBy, suppression, forgotten, email, ...rest }: Participant,
): Pick<PersonState, "unsubscribed" | "suppressed" | "forgotten"> {
  const isShown = unsubscribedBy && maySeeMailing(user, unsubscribedBy);
  const counts = suppression != null && isSameAddress(suppression.address, email);
  const hasData = Boolean(email) || Object.values(rest).some((value) => value != null);
  return {
    ...(unsubscribe && {
      unsubscribed: { ...(unsubscribedAt && { at: unsubscribedAt }), ...(isShown && { by: unsubscribedBy }) },
    }),
    ...(suppression && { suppressed: { at: suppression.at, code: suppression.code, counts } }),
    ...(forgotten && { forgotten: { at: forgotten, hasData } }),
  };
}
