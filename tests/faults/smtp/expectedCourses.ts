import type { ScriptPhase } from "../../../services/sender/testing/scriptedServer.ts";
import type { FaultName } from "./serverFaults.ts";

/** One fault, once, in one phase of one way to talk SMTP. */
export interface FaultCell {
  readonly phase: ScriptPhase;
  readonly fault: FaultName;
  readonly pipelining: boolean;
  readonly security: "none" | "tls" | "starttls";
}

/**
 * The course of a Send (courseOf.ts) that the rules of smtpVerdict.ts and transaction.ts ask for, whether TLS and pipelining are
 * on or off. Where two are named, it depends on what arrives together:
 *
 * - `body`, `idle`: the message and the next one are on their way while the server speaks. What it says before the final
 *   dot is a refusal; behind it, what it belongs to is unknown.
 * - A reply more than there were commands is found at once, or at the next command.
 *
 * RSET follows a refused recipient, and the QUIT of the matrix asks whether a refusal after the final dot is the last word; so `later`
 * is the usual course there. EHLO that is refused for now is followed by HELO, which this server refuses permanently. A fault
 * without a usual reply does not exist where none is due (`-`).
 */
const table = `
fault                      greeting  ehlo      starttls  auth      mail      rcpt        data        body            dot       idle            rset             quit
close half-close         : away      away      away      away      away      away        away        doubt           doubt     sent/away       later            later
reset                    : away      away      away      away      away      away        away        doubt           doubt     sent/away/doubt later            later
silence                  : away      away      away      away      away      away        away        doubt           doubt     away            later            doubt
reply-then-close         : away      away      away      sent/away away      away        doubt       -               sent      -               later            later
byte-by-byte trickle     : sent      sent      sent      sent      sent      sent        sent        -               sent      -               later            later
421                      : throttled throttled throttled throttled throttled throttled   throttled   throttled/doubt throttled sent/throttled  later            later
450 451 452 454          : throttled away      throttled throttled throttled later       later       later/doubt     later     sent/away/doubt later            doubt
550 552 553 554
several-lines
account-blocked
no-such-user             : away      away      away      ends      failed    failed      failed      failed/doubt    failed    sent/away/doubt later            doubt
two-codes                : away      away      away      away      away      away        away        doubt           doubt     sent/away/doubt later            doubt
refusal-before           : away      away      away      away      away      away        away        later/doubt     doubt     sent/away/doubt later            doubt
refusal-long-before      : away      ends/away away      ends/away away      failed/away failed/away failed/doubt    doubt     sent/away/doubt later            doubt
refusal-behind           : away      away      away      sent/away away      away        failed      failed/doubt    doubt     sent/away/doubt later            later
acceptance-before        : away      away      away      away      away      away        away        sent/doubt      doubt     sent/away/doubt later            doubt
second-reply-later       : sent/away sent/away away      sent/away away      away        sent/doubt  sent/doubt      sent/away sent/away       away+later/later later
250                      : away      sent      sent      sent      sent      sent        away        sent/doubt      sent      sent/away/doubt later            doubt
354                      : away      away      away      away      away      away        sent        doubt           doubt     sent/away/doubt later            doubt
150 letters garbage
NUL 1-MB-line
endless-line
endless-reply            : away      away      away      away      away      away        away        doubt           doubt     sent/away/doubt later            doubt
empty-line               : away      away      away      away      away      away        away        sent/doubt      doubt     sent/away/doubt later            doubt
`;

/** Throws where the table has no course for the cell. */
export function expectedCourses({ phase, fault }: FaultCell): string[] {
  const course = courses.get(fault)?.get(phase);
  if (!course) throw new Error(`No course is expected of ${phase}/${fault}.`);
  return course.split("/");
}

/** False where the fault needs a usual reply and none is due. */
export function canHappen(phase: ScriptPhase, fault: FaultName): boolean {
  return courses.get(fault)?.get(phase) !== "-";
}

/** By fault and phase. */
const courses = read(table);

function read(text: string): Map<string, Map<string, string>> {
  const [head = "", ...rows] = text.trim().split("\n");
  const phases = head.split(/\s+/).slice(1);
  const byFault = new Map<string, Map<string, string>>();
  let faults: string[] = [];
  for (const row of rows) {
    const [names = "", cells] = row.split(" : ");
    faults.push(...names.trim().split(/\s+/));
    if (cells === undefined) continue;
    const words = cells.trim().split(/\s+/);
    for (const fault of faults) byFault.set(fault, new Map(phases.map((phase, n) => [phase, words[n]!])));
    faults = [];
  }
  return byFault;
}
