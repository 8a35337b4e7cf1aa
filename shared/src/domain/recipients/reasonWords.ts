import type { SkipReason } from "./recipientFilter.ts";

const reasons = {
  "already-received": "Already received this mailing",
  forgotten: "Forgotten: name and address were erased",
  "invalid-record": "Record cannot be read; it has a field that does not fit",
  unsubscribed: "Unsubscribed; gets only service mail of events they booked",
  "no-address": "No usable email address",
  suppressed: "Address does not exist, as a mail server said before",
  language: "Reads another language",
  "event-pool": "Not concerned by this event",
  "stage-pool": "Not concerned at this stage",
  "failed-before": "Failed permanently before; only a start by a user tries again",
  "send-until": "Sending ended before their mail",
  "no-record": "The record of the person is gone",
  "receiver-refuses":
    "Their mail servers accepted nothing for two hours and asked to slow down; the next start tries again",
  "not-confirmed": "More people were eligible than confirmed; the next start includes them",
} as const satisfies Record<SkipReason, string> & Record<string, string>;

/** Every skip reason that pages can show. */
export type ShownSkipReason = keyof typeof reasons;
export const shownSkipReasons = Object.keys(reasons) as readonly ShownSkipReason[];

/** Why a person is skipped, in plain words. An unknown reason is shown as stored. */
export function skipReasonWords(reason: string): string {
  const words: Readonly<Record<string, string>> = reasons;
  return words[reason] ?? reason;
}

/** Whether a failed mail is tried again, in plain words. */
export function failureWords(isPermanent: boolean): string {
  return isPermanent ? "Permanently: only a start by a user tries again" : "Temporarily: the next run tries again";
}
