const reasons: Readonly<Record<string, string>> = {
  "already-received": "Already received this mailing",
  "invalid-record": "Record cannot be read; it has a field that does not fit",
  unsubscribed: "Unsubscribed from all mail",
  "no-address": "No usable e-mail address",
  suppressed: "Address does not exist, as a mail server said before",
  language: "Reads another language",
  "event-pool": "Not concerned by this event",
  "stage-pool": "Not concerned at this stage",
  "failed-before": "Failed for good before; only a start by a user tries again",
  "send-until": "Sending ended before their turn",
  "no-record": "The record of the person is gone",
  "not-confirmed": "More people were eligible than confirmed; the next start includes them",
};

/** Why somebody is not mailed, in plain words. A reason this page does not know is shown as it is. */
export function skipReasonWords(reason: string): string {
  return reasons[reason] ?? reason;
}

/** Whether a failed mail is tried again, in plain words. */
export function failureWords(isPermanent: boolean): string {
  return isPermanent ? "For good: only a start by a user tries again" : "For now: the next run tries again";
}
