import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import type { PersonRow } from "../../api/people.ts";
import { personFor } from "../preview/previewPerson.ts";
import { hasFlag } from "./peopleBlock.ts";

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
