import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { maskRecipient } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Counters, Detail, LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import type { Progress, StepResult } from "@email-agent/shared/run/stepRun.ts";
import { sumCounters } from "../send/runCounters.ts";

/** The state of the Test of one language. */
export interface TestState {
  readonly inLanguage: { readonly language: string };
  counters: Counters;
  /** Who is tried again, until when they wait, and why. */
  waiting: readonly Detail[];
  failures: readonly Detail[];
}

/**
 * Testers who wait: those in `retry` (id → instant) for the reply in the ledger, those in `account.open` for the account
 * until `account.until` (epoch ms).
 */
export function waitingOf(
  language: string,
  retry: Readonly<Record<string, string>>,
  ledger: ReadonlyMap<string, Delivery>,
  account?: { readonly open: Iterable<string>; readonly until: number; readonly because?: string | undefined },
): Detail[] {
  const waits = (id: string, at: string, why: string): Detail => {
    return { language, rule: "waiting", severity: "warning", text: `Tester ${id} waits until ${at}: ${why}` };
  };
  const cannotSend = `the account cannot send now${account?.because ? `, because ${account.because}` : ""}`;
  return [
    ...Object.entries(retry).map(([id, at]) =>
      waits(id, at, replyIn(ledger.get(id)) ?? "the mail server did not accept it yet"),
    ),
    ...[...(account?.open ?? [])].map((id) => waits(id, instant(account?.until ?? 0), cannotSend)),
  ];
}

/** The reply as every user of the order may read it. */
function replyIn(delivery: Delivery | undefined): string | undefined {
  return delivery?.smtpResponse && maskRecipient(delivery.smtpResponse, delivery.email);
}

export function failuresOf(
  language: string,
  ledger: ReadonlyMap<string, Delivery>,
  reasons: ReadonlyMap<string, string>,
): Detail[] {
  const details: Detail[] = [];
  for (const [id, delivery] of ledger) {
    const { status } = delivery;
    if (status !== "failed" && status !== "in-doubt") continue;
    const text = `Tester ${id}: ${status}, ${replyIn(delivery) ?? "no reply"}`;
    details.push({ language, rule: "test", severity: "error", text });
  }
  for (const [id, reason] of reasons)
    if (!ledger.has(id)) details.push({ language, rule: "test", severity: "error", text: `Tester ${id}: ${reason}` });
  return details;
}

export function testProgress(tests: readonly TestState[]) {
  const languages: Record<string, LanguageCounters> = {};
  for (const { inLanguage, counters } of tests) languages[inLanguage.language] = counters;
  const counters = sumCounters(Object.values(languages));
  const waiting = tests.flatMap((one) => one.waiting);
  const first = waiting[0] ? ` ${waiting[0].language}: ${waiting[0].text}` : "";
  const more = waiting.length > 1 ? ` (${waiting.length - 1} more wait, see the findings.)` : "";
  const details = [...tests.flatMap(({ failures }) => failures), ...waiting];
  const message = `${counters.sent} of ${counters.total} test mails sent.${first}${more}`;
  return { message, counters, languages, details } satisfies Progress;
}

/** A Test does not sleep: the kit makes an error of it. `wakeAt`: epoch ms. */
export function quotaResult(tests: readonly TestState[], account: string, wakeAt: number): StepResult {
  const { counters, languages, details } = testProgress(tests);
  const message = `The quota of account "${account}" is used up: ${counters.sent} of ${counters.total} test mails were sent. It frees at ${instant(wakeAt)}; start again then.`;
  return { kind: "sleep", cause: "quota", wakeAt, message, counters, languages, details };
}

export function testResult(tests: readonly TestState[]): StepResult {
  const { counters, languages } = testProgress(tests);
  const failures = tests.flatMap((one) => one.failures);
  if (counters.sent === counters.total)
    return { kind: "complete", message: `${counters.sent} test mails sent.`, counters, languages, details: [] };
  const first = failures[0] ? ` ${failures[0].language}: ${failures[0].text}` : "";
  const message = `${counters.total - counters.sent} of ${counters.total} test mails were not sent.${first}`;
  return { kind: "error", message, counters, languages, details: failures };
}
