import { failureWords, skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import type { PersonMailing } from "../../api/people.ts";
import { type Look, recipientLooks } from "../shell/statusLooks.ts";

/** The badge of a mailing on the page of a person. */
export const mailingLooks: Readonly<Record<PersonMailing["status"], Look>> = {
  ...recipientLooks,
  elsewhere: { word: "Got it elsewhere", sign: "✓", tone: "good" },
  "left-out": { word: "Left out", sign: "–", tone: "quiet" },
  open: { word: "Not mailed", sign: "○", tone: "quiet" },
};

/** Sentences about what became of a mailing, beside the reply of the mail server. */
export function mailingSentences(mailing: PersonMailing): string[] {
  const { status, permanent, reason, problem } = mailing;
  const why = problem === undefined ? reason && skipReasonWords(reason) : `It cannot be judged: ${problem}`;
  switch (status) {
    case "failed":
      return [
        ...(permanent === undefined ? [] : [failureWords(permanent)]),
        ...(why ? [`A further start leaves this person out: ${why}`] : []),
      ];
    case "deferred":
      return why ? [`A further start leaves this person out: ${why}`] : [];
    case "in-doubt":
      return ["It is not known whether the mail arrived. It is not sent again until a user decides."];
    case "elsewhere":
      return ["Another application has recorded that this person got it."];
    case "left-out":
      return why ? [why] : [];
    case "open":
      return [openWords(mailing)];
    default:
      return [];
  }
}

/** Why nothing was sent although no reason excludes the person. */
function openWords({ isCurrent, isArchived, hasBegun }: PersonMailing): string {
  if (isArchived) return "No reason excludes this person, but the work order is archived.";
  if (!isCurrent) return "No reason excludes this person, but the work order now sends another mailing.";
  return hasBegun
    ? "No reason excludes this person: the next start of Send includes them."
    : "Send has not been started. This person would get it.";
}
