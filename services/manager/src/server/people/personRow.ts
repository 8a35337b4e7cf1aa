import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { splitMailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import type { PersonRow } from "../../api/people.ts";
import { personFor } from "../preview/previewPerson.ts";
import { hasFlag } from "./peopleBlock.ts";

/** A mailing key names an event, which not every user may see; a text that is none is that of another application. */
export function maySeeMailing(user: Pick<User, "eventAccess">, key: string): boolean {
  const mailing = splitMailingKey(key);
  return !mailing || maySee(user, mailing.eventCode);
}

/** A person in a list, as this user may see them. */
export function personRow(user: Pick<User, "showAddresses">, participant: Participant): PersonRow {
  const shown = personFor(user, participant);
  const { country, writtenLangPref, unsubscribedAt, suppression } = shown;
  return {
    id: participant.id,
    name: personName(shown),
    email: (shown.email ?? "").trim(),
    ...(country && { country }),
    ...(writtenLangPref && { language: writtenLangPref }),
    ...(hasFlag(participant, "unsubscribed") && { unsubscribed: unsubscribedAt ? { at: unsubscribedAt } : {} }),
    ...(suppression &&
      hasFlag(participant, "suppressed") && { suppressed: { at: suppression.at, code: suppression.code } }),
    ...(participant.invalidRecord && { invalidField: participant.invalidRecord.field }),
  };
}
