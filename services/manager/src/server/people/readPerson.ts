import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { folded, peopleQuery } from "@email-agent/shared/domain/delivery/recipientSearch.ts";
import { isSameAddress, mailAddress, maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import { programWords } from "@email-agent/shared/domain/recipients/programWords.ts";
import type { Person } from "../../api/people.ts";
import { personFor } from "../preview/previewPerson.ts";
import type { FindPeoplePorts } from "./findPeople.ts";
import { findPerson, type PersonPorts } from "./findPerson.ts";
import { hasFlag } from "./peopleBlock.ts";
import { peopleIndexFor } from "./peopleIndexes.ts";
import { maySeeMailing, personRow } from "./personRow.ts";

/** So many who share the address are named. */
const sharersLimit = 20;

/** `GET /api/people/{id}`: what is known of a person, but for their mailings. Throws as `findPerson`. */
export async function readPerson(
  ports: PersonPorts & FindPeoplePorts,
  user: User,
  id: string,
  signal: AbortSignal,
): Promise<Person> {
  const participant = await findPerson(ports, user, id);
  const shown = personFor(user, participant);
  const { programs, practice, suppression, unsubscribedBy, forgotten, invalidRecord } = shown;
  return {
    ...personRow(user, participant),
    programs: Object.entries(programs ?? {})
      .flatMap(([event, program]) => (program && maySee(user, event) ? [{ event, words: programWords(program) }] : []))
      .sort((one, other) => one.event.localeCompare(other.event, "en")),
    interests: Object.entries(practice ?? {}).flatMap(([interest, has]) => (has ? [interest] : [])),
    ...(suppression && {
      suppression: { ...suppression, isInUse: hasFlag(participant, "suppressed"), ...softCause(participant) },
    }),
    ...(unsubscribedBy && maySeeMailing(user, unsubscribedBy) && { unsubscribedBy }),
    ...(forgotten && { forgotten }),
    ...(invalidRecord && {
      invalid: { field: invalidRecord.field, problem: maskAddresses(invalidRecord.problem) },
    }),
    sameAddress: await sameAddress(ports, user, participant, signal),
  };
}

/** A hard bounce comes later than the soft ones before it; after a suppression no mail is sent that could come back. */
function softCause({ suppression, softBounces }: Participant): { softBounces?: number } {
  if (!suppression || !softBounces || !isSameAddress(softBounces.address, suppression.address)) return {};
  return softBounces.at >= suppression.at ? { softBounces: softBounces.count } : {};
}

/** Others whom the user may see with the same address: families, or one person recorded twice. Each gets a mail. */
async function sameAddress(
  ports: FindPeoplePorts,
  user: User,
  { id, email }: Participant,
  signal: AbortSignal,
): Promise<Person["sameAddress"]> {
  const address = mailAddress(email);
  if (address === undefined) return { people: [] };
  const asked = { query: peopleQuery(folded(address), "whole"), limit: sharersLimit, waitMilliseconds: 0, signal };
  const { people, reading } = await peopleIndexFor(ports, user).search(asked);
  const now = await ports.participants.getMany(people.map(({ participantId }) => participantId));
  const sharing = [...now.values()].filter((other) => other.id !== id && isSameAddress(other.email, email));
  return {
    people: sharing.map((other) => ({ id: other.id, name: personName(personFor(user, other)) })),
    ...(reading && { reading }),
  };
}
