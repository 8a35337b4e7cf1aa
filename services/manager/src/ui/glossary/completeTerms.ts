import { type ShownSkipReason, skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { type KnownStatus, steps } from "@email-agent/shared/domain/steps.ts";
import type { RecipientStatus } from "../../api/recipients.ts";
import { recipientLooks, statusLooks, unknownLook } from "../shell/statusLooks.ts";

/** Term → what it means, in one or two sentences. */
export type Terms = Readonly<Record<string, string>>;

// What pages can show of a step, a mail and a person is a closed set: the compiler asks for the meaning of each.

export const stepTerms: Terms = Object.fromEntries(steps.map(({ name, help }) => [name, help]));

const stepStatuses: Readonly<Record<KnownStatus, string>> = {
  ready: "The step has not run yet, or a change has reset it. It can start once the step before it is complete.",
  working: "The step is running. Stop takes effect within two seconds.",
  complete: "The step finished its work. Single mails may still have failed; its numbers show how many.",
  error: "The step ended because something is wrong. Its message says what to fix before you start it again.",
  interrupted: "A user stopped the step. When Send starts again, it continues where it stopped and mails no one twice.",
  exception:
    "The step broke off for a technical reason. Start it again; if that does not help, contact an administrator.",
  sleeping:
    "The step is paused and wakes by itself at the time shown: for the next pass, when its sending window opens, when the account has quota, or at a scheduled start.",
};

export const stepStatusTerms: Terms = {
  ...named(stepStatuses, (status) => statusLooks[status].word),
  [unknownLook.word]: "A newer version of the Email Manager wrote this status. The step cannot be started here.",
};

export const mailStatusTerms: Terms = named<RecipientStatus>(
  {
    sending: "The mail is being transferred to the mail server right now.",
    sent: "The mail server accepted the mail.",
    failed: "The mail was refused or could not be made. The response says why, and whether it is tried again.",
    "in-doubt":
      "The connection was lost before the mail server confirmed the mail, so it may or may not have arrived. It is not sent again unless a user resolves it as not received.",
    deferred:
      "The mail server asked to try again later, often because of greylisting. While the Send works it retries by itself; otherwise the next start does.",
    ok: "The Dry-Run rendered this mail without errors.",
    error: "The Dry-Run could not render this mail. The reason is beside it.",
    skipped: "This person is left out. The reason is beside it.",
    "bounced-hard":
      "The mail server accepted the mail, and a later report says that it cannot be delivered. If the mailbox does not exist, the address is suppressed.",
    "bounced-soft":
      "The mail server accepted the mail, and it came back for a reason that may pass, such as a full mailbox.",
    complained: "The person marked the mail as spam, and is unsubscribed.",
  },
  (status) => recipientLooks[status].word,
);

export const skipReasonTerms: Terms = named<ShownSkipReason>(
  {
    "already-received":
      "A mail of this mailing was sent to them, is being sent or is in doubt. No one is mailed twice.",
    "invalid-record": "A field of their record has a value that does not fit. Correct the record where it is kept.",
    forgotten: "Their name and address were erased and cannot be restored. They are never mailed again.",
    unsubscribed:
      "They unsubscribed. Only service mail, such as the confirmation of an event they booked, still reaches them.",
    "no-address": "Their record has no email address, or one that cannot be mailed.",
    suppressed: "A mail server said that their mailbox does not exist. They are mailed again once the address changes.",
    language: "They prefer a different language.",
    "event-pool": "They are not in the pool of this event.",
    "stage-pool": "They are not in every pool of this stage, for example because they have already registered.",
    "failed-before":
      "A mail of this mailing to them failed permanently. Passes that start by themselves leave them out; Start tries again.",
    "send-until": "The work order's end of sending came before their mail.",
    "no-record": "Their record was deleted after the mailing was planned.",
    "receiver-refuses":
      "The servers that receive their mail asked to slow down and accepted no mail for two hours. The next start tries again.",
    "not-confirmed": "More people were eligible than the user confirmed before Send. The next start includes them.",
  },
  skipReasonWords,
);

/** Meanings by the word that pages show for a name. */
function named<Name extends string>(meanings: Readonly<Record<Name, string>>, termOf: (name: Name) => string): Terms {
  return Object.fromEntries(Object.entries<string>(meanings).map(([name, meaning]) => [termOf(name as Name), meaning]));
}
