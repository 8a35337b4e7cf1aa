import { maskRecipient } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { SendRun } from "./sendRun.ts";

const responseLength = 200;

/**
 * Ends a run most of whose mails are refused: something is wrong with the list, the content or the sender, and going on
 * would only harm the account's name. The message gives the most frequent response.
 */
export async function refuseTooManyFailures(sendRun: SendRun): Promise<void> {
  const { content, mailings, registry } = sendRun;
  const { ratio, minimum } = content.loaded.settings.failureCeiling;
  let [tried, failed] = [0, 0];
  for (const { language } of mailings) {
    const sum = registry.sum(language.code);
    tried += sum.sent + sum.failed + sum.inDoubt;
    failed += sum.failed;
  }
  if (tried < minimum || failed <= ratio * tried) return;
  sendRun.ports.runSignal.recall(sendRun.run.runId);
  const response = await mostFrequentResponse(sendRun);
  throw new AppError(
    "too-many-failures",
    `${count(failed)} of ${count(tried)} mails of this run failed, so it was stopped. Most frequent response: ${response}`,
  );
}

async function mostFrequentResponse({ ports, run, mailings }: SendRun): Promise<string> {
  const counts = new Map<string, number>();
  for (const { mailingKey } of mailings) {
    for await (const page of ports.deliveries.all(mailingKey, run.signal)) {
      for (const { status, runId, email, smtpResponse } of page) {
        if (status !== "failed" || runId !== run.runId) continue;
        const response = comparable(smtpResponse ?? "none", email);
        counts.set(response, (counts.get(response) ?? 0) + 1);
      }
    }
  }
  const [first] = [...counts].sort(([, one], [, other]) => other - one);
  return first?.[0] ?? "none";
}

/** Responses that differ only in the address, or in the server's own queue ids and numbers, count as one. */
function comparable(response: string, email: string): string {
  return maskRecipient(response, email)
    .replace(/\s+/g, " ")
    .replace(/\b[A-Za-z]*\d[A-Za-z0-9]{7,}\b/g, "…")
    .trim()
    .slice(0, responseLength);
}
