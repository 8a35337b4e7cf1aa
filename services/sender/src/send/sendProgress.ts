import { limitedWords } from "@email-agent/shared/domain/delivery/waiting.ts";
import type { Waiting } from "@email-agent/shared/domain/delivery/waitingSchema.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import type { Progress } from "@email-agent/shared/run/stepRun.ts";
import { limitedGroups } from "./limitedGroups.ts";
import { handledPeople, liveCounters, sumCounters } from "./runCounters.ts";
import type { SendRun } from "./sendRun.ts";

/** The progress of the run, summed over its chunks. */
export function sendProgress(sendRun: SendRun): Progress {
  const { plan, mailings, registry } = sendRun;
  const languages: Record<string, LanguageCounters> = {};
  for (const { language } of mailings) {
    const { code } = language;
    languages[code] = liveCounters(plan, code, registry.sum(code));
  }
  const counters = sumCounters(Object.values(languages));
  const waiting = whoWaits(sendRun, handledPeople(counters));
  const planning = !plan.complete;
  const message = `Sending: ${sentWords(languages)}${planning ? " (still planning)" : ""}.${waitingWords(waiting)}`;
  return { message, counters, languages, planning, waiting };
}

/** Who waits in the run, and until when. */
function whoWaits(sendRun: SendRun, handled: number): Waiting {
  const { registry, retries, paused, held, ports } = sendRun;
  const now = ports.clock.now();
  const isAhead = (one: { readonly until: string } | undefined) => one && epochMilliseconds(one.until) > now;
  const found = timesOf([...registry.retryTimes(), ...retries.times()]);
  const limited = limitedGroups(sendRun);
  return {
    ...(found && { retries: found }),
    ...(limited.length > 0 && { limited }),
    ...(paused && isAhead(paused) && { paused: { ...paused, since: pausedSince(sendRun, handled, now) } }),
    // One chunk may find no free connection while another sends.
    ...(isAhead(held) && registry.issued.size === 0 && { held }),
  };
}

/** Between two pauses of a circuit breaker a few attempts are made: as long as they bring no outcome, it is one pause. */
function pausedSince(sendRun: SendRun, handled: number, now: number): string {
  // A coordinator that took the run over goes on with what the earlier one reported.
  const known = sendRun.run.order.steps.Send.waiting?.paused?.since;
  sendRun.pausedSince ??= known === undefined ? undefined : { at: known, handled };
  if (sendRun.pausedSince?.handled !== handled) sendRun.pausedSince = { at: instant(now), handled };
  return sendRun.pausedSince.at;
}

function timesOf(times: readonly number[]): Waiting["retries"] {
  if (times.length === 0) return undefined;
  let [next, last] = [Number.POSITIVE_INFINITY, 0];
  for (const time of times) {
    next = Math.min(next, time);
    last = Math.max(last, time);
  }
  return { people: times.length, nextAt: instant(next), lastAt: instant(last) };
}

function waitingWords({ retries, paused, held, limited = [] }: Waiting): string {
  const words: string[] = [];
  if (paused?.byHand)
    words.push(`The account is paused until it is resumed in the settings, because ${paused.because}.`);
  else if (paused) words.push(`The account is paused until ${paused.until}, because ${paused.because}.`);
  if (held) words.push(`The account waits until ${held.until}, because ${held.because}.`);
  for (const group of limited) words.push(`${limitedWords(group, (at) => at)}.`);
  if (retries) {
    const { people, nextAt, lastAt } = retries;
    const times = people === 1 ? `at ${nextAt}` : `the next at ${nextAt}, the last at ${lastAt}`;
    const who = people === 1 ? "1 person waits" : `${count(people)} people wait`;
    words.push(`${who} for another attempt, as their mail servers asked (greylisting): ${times}.`);
  }
  return words.map((one) => ` ${one}`).join("");
}

/** `EN 120 of 500, SP 3 of 40`: sent of total in this run, and said so where earlier runs have numbers of their own. */
function sentWords(languages: Readonly<Record<string, LanguageCounters>>): string {
  const sent = Object.entries(languages)
    .map(([code, { thisRun }]) => `${code} ${count(thisRun?.sent ?? 0)} of ${count(thisRun?.total ?? 0)}`)
    .join(", ");
  const hasEarlier = Object.values(languages).some(({ total, thisRun }) => total !== (thisRun?.total ?? total));
  return hasEarlier ? `${sent} in this run` : sent;
}

/** The result of a pass in one sentence. */
export function passMessage(languages: Readonly<Record<string, LanguageCounters>>): string {
  const runs = Object.values(languages).flatMap(({ thisRun }) => (thisRun ? [thisRun] : []));
  const { total, failed, inDoubt, skipped } = sumCounters(runs);
  const invalid = Math.max(0, ...Object.values(languages).map(({ reasons }) => reasons?.["invalid-record"] ?? 0));
  const remark = invalid > 0 ? ` Left out: ${count(invalid)} with a record that has a field that does not fit.` : "";
  if (total === 0) return `There was no one to mail.${remark}`;
  const notes = [
    [failed, "failed"],
    [inDoubt, "in doubt"],
    [skipped, "skipped"],
  ] as const;
  const noted = notes.filter(([people]) => people > 0).map(([people, word]) => `${count(people)} ${word}`);
  return `Sent: ${sentWords(languages)}${noted.length ? `; ${noted.join(", ")}` : ""}.${remark}`;
}
