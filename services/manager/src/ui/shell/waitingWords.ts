import { limitedWords } from "@email-agent/shared/domain/delivery/waiting.ts";
import type { Waiting } from "@email-agent/shared/domain/delivery/waitingSchema.ts";
import { counted } from "@email-agent/shared/domain/numberWords.ts";
import { momentText } from "./momentText.ts";

const isAhead = (at: string, now: number) => Date.parse(at) > now;

/** Who waits, why (greylisting, a paused account, the rate limit) and until when; empty if no one does. `now`: epoch milliseconds. */
export function waitingWords({ retries, paused, held, limited = [] }: Waiting = {}, now: number): string[] {
  const inWords = (at: string) => momentText(at, "short", new Date(now));
  const words: string[] = [];
  if (paused?.byHand && isAhead(paused.until, now))
    words.push(`the account is paused until it is resumed in the settings, because ${paused.because}`);
  else if (paused && isAhead(paused.until, now))
    words.push(`the account is paused until ${inWords(paused.until)}, because ${paused.because}`);
  else if (held && isAhead(held.until, now))
    words.push(`the account waits until ${inWords(held.until)}, because ${held.because}`);
  for (const group of limited) words.push(limitedWords(group, inWords));
  if (retries) {
    const { people, nextAt, lastAt } = retries;
    const next = isAhead(nextAt, now) ? inWords(nextAt) : "any moment";
    const last = isAhead(lastAt, now) ? inWords(lastAt) : next;
    const who = counted(people, "person waits", "people wait");
    const when = next === last ? next : `the next ${next}, the last ${last}`;
    words.push(`${who} for another attempt, as their mail servers asked (greylisting): ${when}`);
  }
  return words;
}

/** The same for a cell of a list: the time, with the words before it. */
export function waitingNote(
  { retries, paused, held }: Waiting = {},
  now: number,
): { readonly words: string; readonly at: string } | undefined {
  if (paused && isAhead(paused.until, now))
    return {
      words: paused.byHand ? "account paused in the settings, at least until" : "account paused until",
      at: paused.until,
    };
  if (held && isAhead(held.until, now)) return { words: "account waits until", at: held.until };
  if (retries) return { words: `${counted(retries.people, "waits", "wait")}, next attempt`, at: retries.nextAt };
  return undefined;
}
