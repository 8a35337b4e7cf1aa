import type { Account } from "../account.ts";
import { count } from "../numberWords.ts";

/** Over how many of an account's last mails the rates are judged. */
export const judgedMails = 1000;
/** A share of fewer mails says little about hard bounces. */
const fewestMails = 100;
/** Hard bounces and complaints, as shares of the mails sent: above these it is a warning, above twice these the account is paused. */
const warningRates = { hard: 0.05, complained: 0.001 };

/** What an account sent lately, and what of it came back. */
export interface ReturnedLately {
  readonly used: number;
  readonly hard: number;
  readonly soft: number;
  readonly complained: number;
}

export type ReturnRate =
  | { readonly verdict: "in-order" }
  /** `words`: what is wrong, as a sentence without its end. */
  | { readonly verdict: "warning" | "pause"; readonly words: string };

/**
 * Judges what came back of an account's last mails. Hard bounces count from 100 mails on. Complaints are judged as if at least
 * 1,000 mails had been sent, so that one person's complaint about a small mailing is no warning: two are, three pause.
 */
export function judgeReturnRate({ used, hard, complained }: ReturnedLately): ReturnRate {
  const shares = {
    hard: used < fewestMails ? 0 : hard / used,
    complained: complained / Math.max(used, judgedMails),
  };
  const over = (times: number) =>
    (["hard", "complained"] as const).filter((kind) => shares[kind] > times * warningRates[kind]);
  const found = over(1);
  if (found.length === 0) return { verdict: "in-order" };
  const parts = {
    hard: `${count(hard)} came back because the mailbox does not exist`,
    complained: `${count(complained)} ${complained === 1 ? "was" : "were"} marked as spam`,
  };
  const words = `of its last ${count(used)} mails ${found.map((kind) => parts[kind]).join(", and ")}`;
  return { verdict: over(2).length > 0 ? "pause" : "warning", words };
}

/** Who paused an account whose mails came back: not a user. */
export const systemPauser = "email-agent";

/** How an account was paused, in words behind "it is" or "it was". */
export function pausedHow({ by }: Pick<NonNullable<Account["paused"]>, "by">): string {
  return by === systemPauser ? "paused for returned mail" : "paused by hand";
}

/** Why an account was paused, to put into a sentence: within these marks (UAX #9) the direction of a person's own words does not turn the words around them. */
export function pausedWhy({ reason }: Pick<NonNullable<Account["paused"]>, "reason">): string {
  return `\u2068${reason}\u2069`;
}

const acceptedMilliseconds = 7 * 24 * 60 * 60_000;

/** True while a person's decision to go on in spite of the rate holds: for a week. */
export function isRateAccepted({ bounceRateAccepted }: Pick<Account, "bounceRateAccepted">, now: number): boolean {
  return bounceRateAccepted !== undefined && now < Date.parse(bounceRateAccepted.at) + acceptedMilliseconds;
}
