import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { ReachedSet } from "@email-agent/shared/adapters/deliveryReads.ts";
import type { DryRunLine, DryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import { personalLinks } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import { renderFor } from "@email-agent/shared/domain/delivery/renderFor.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { type InvalidRecordReport, openInvalidRecords } from "@email-agent/shared/domain/recipients/invalidRecords.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { personName } from "@email-agent/shared/domain/recipients/personName.ts";
import { skipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import { openSharedAddresses, type SharedAddresses } from "@email-agent/shared/domain/recipients/sharedAddresses.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Detail, LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { ContentConfig, ContentPorts } from "@email-agent/shared/run/loadContent.ts";
import type { StepHandler, StepResult, StepRun } from "@email-agent/shared/run/stepRun.ts";
import { type LanguageContent, loadRunContent } from "../content/loadRunContent.ts";
import { sumCounters } from "../send/runCounters.ts";

export interface DryRunPorts extends ContentPorts {
  readonly participants: Pick<Participants, "pages">;
  readonly deliveries: Pick<Deliveries, "reached">;
  readonly dryRunRecipients: Pick<DryRunRecipients, "put">;
  readonly clock: Clock;
}

/** Recipients rendered, put and reported together. */
const batchSize = 25;
/** Batches being put while the next is rendered. */
const putsAtOnce = 4;
const errorsShown = 10;
const scanSegments = 4;

/**
 * Dry-Run: makes the complete mail of everybody who would be mailed, and keeps one line per person. No SMTP, no quota. What
 * cannot be rendered is recorded and does not stop the run; it then ends in error.
 */
export function dryRun(ports: DryRunPorts, config: ContentConfig): StepHandler {
  return async (run) => {
    const content = await loadRunContent(ports, config, run.order, "Dry-Run", run.signal);
    const errors: Detail[] = [];
    const languages: Record<string, LanguageCounters> = {};
    const shared = openSharedAddresses();
    let invalid: InvalidRecordReport = { details: [], isError: false };
    for (const [code, language] of content.languages) {
      // Every language reads everybody, so the last report holds them all.
      invalid = await dryRunLanguage({ ports, config, run, code, language, languages, errors, shared });
    }
    return dryRunResult(run, languages, errors, shared.details(), invalid);
  };
}

interface LanguageRun {
  readonly ports: DryRunPorts;
  readonly config: ContentConfig;
  readonly run: StepRun;
  readonly code: string;
  readonly language: LanguageContent;
  readonly languages: Record<string, LanguageCounters>;
  readonly errors: Detail[];
  readonly shared: SharedAddresses;
}

async function dryRunLanguage(work: LanguageRun): Promise<InvalidRecordReport> {
  const { ports, run, code, language, languages } = work;
  const reached = await ports.deliveries.reached(language.mailing.mailingKey, run.signal);
  const numbers = openNumbers();
  const invalid = openInvalidRecords();
  languages[code] = numbers.counters();
  const puts = new Set<Promise<void>>();
  try {
    for await (const page of ports.participants.pages({ segments: scanSegments, signal: run.signal })) {
      for (const participant of page) invalid.note(participant);
      const recipients = page.filter((participant) => isRecipient(language, participant, reached, numbers));
      for (const participant of recipients) work.shared.note(participant);
      for (let from = 0; from < recipients.length; from += batchSize) {
        run.signal.throwIfAborted();
        const lines = recipients.slice(from, from + batchSize).map((participant) => renderLine(work, participant));
        numbers.rendered(lines);
        languages[code] = numbers.counters();
        while (puts.size >= putsAtOnce) await Promise.race(puts);
        const put = ports.dryRunRecipients.put(run.runId, code, lines).finally(() => puts.delete(put));
        put.catch(() => undefined);
        puts.add(put);
        report(run, languages);
      }
    }
  } finally {
    await Promise.all(puts);
  }
  languages[code] = numbers.counters();
  return invalid.report();
}

function isRecipient(
  { mailing }: LanguageContent,
  participant: Participant,
  reached: ReachedSet,
  numbers: ReturnType<typeof openNumbers>,
): boolean {
  const ledger = { reached: reached.has(participant.id), failedPermanently: reached.failedPermanently(participant.id) };
  const reason = skipReason(mailing, participant, ledger, "user-started");
  if (reason) numbers.skipped(reason);
  return reason === undefined;
}

function renderLine({ ports, config, run, code, language, errors }: LanguageRun, participant: Participant): DryRunLine {
  const now = ports.clock.now();
  const links = personalLinks(config, participant.id, language.mailing.mailingKey);
  const rendering = renderFor(language.mail, participant, links, now);
  const line = {
    participantId: participant.id,
    name: personName(participant),
    email: (participant.email ?? "").trim(),
    at: instant(now),
  };
  if (!("unrendered" in rendering)) return { ...line, subject: rendering.rendered.subject, status: "ok" };
  const text = `Participant ${participant.id}: ${rendering.unrendered}`;
  if (errors.length < errorsShown) errors.push({ language: code, rule: "render", severity: "error", text });
  run.log.info({ participantId: participant.id, language: code }, "a mail could not be rendered");
  return { ...line, subject: "", status: "error", error: rendering.unrendered };
}

/**
 * The numbers of one language, as Count keeps them: `sent` would be sent, `skipped` were reached before, `total` is the
 * sum with the failed ones; people the mailing does not concern are in `reasons` only.
 */
function openNumbers() {
  let [sent, failed] = [0, 0];
  const reasons: Record<string, number> = {};
  return {
    skipped(reason: string) {
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    },
    rendered(lines: readonly DryRunLine[]) {
      const bad = lines.filter(({ status }) => status === "error").length;
      failed += bad;
      sent += lines.length - bad;
    },
    counters(): LanguageCounters {
      const skipped = reasons["already-received"] ?? 0;
      return { total: sent + failed + skipped, sent, failed, skipped, inDoubt: 0, reasons: { ...reasons } };
    },
  };
}

function report(run: StepRun, languages: Record<string, LanguageCounters>): void {
  const counters = sumCounters(Object.values(languages));
  run.report({
    message: `${count(counters.sent + counters.failed)} mails rendered`,
    counters,
    languages: { ...languages },
  });
}

function dryRunResult(
  run: StepRun,
  languages: Record<string, LanguageCounters>,
  errors: Detail[],
  shared: readonly Detail[],
  invalid: InvalidRecordReport,
): StepResult {
  const counters = sumCounters(Object.values(languages));
  const perLanguage = Object.entries(languages).map(([code, { sent }]) => `${code}: ${count(sent)}`);
  if (invalid.isError)
    return {
      kind: "error",
      message: invalid.remark,
      counters,
      languages,
      details: [...errors, ...invalid.details, ...shared],
    };
  if (counters.failed === 0) {
    const remark = counters.sent === 0 ? " No one would receive this mailing now." : "";
    const remarks = [shared[0]?.text, invalid.remark].map((text) => (text === undefined ? "" : ` ${text}`)).join("");
    const message = `Would send – ${perLanguage.join(", ")}.${remark}${remarks}`;
    const details = [...invalid.details, ...shared];
    return { kind: "complete", message, counters, languages, details, resultRunId: run.runId };
  }
  const listed = errors.map(({ language, text }) => `${language}: ${text}`).join(" · ");
  const message = `${count(counters.failed)} mails cannot be rendered. ${listed}`;
  return { kind: "error", message, counters, languages, details: [...errors, ...invalid.details, ...shared] };
}
