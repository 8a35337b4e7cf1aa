import type { Documents } from "@email-agent/shared/adapters/documents.ts";
import { draftKey, type PreparedContent, sidecarKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { Content } from "./content.ts";

/**
 * Keeps the content of all languages that must not be published, each with all its findings, so that an operator sees
 * where they are. A run that begins again overwrites its own drafts; they are never mailed.
 *
 * @throws AppError `storage`
 */
export async function storeDrafts(
  documents: Pick<Documents, "put">,
  run: StepRun,
  contents: readonly Content[],
  findings: readonly Detail[],
): Promise<void> {
  for (const { language, html, template, audience } of contents) {
    run.signal.throwIfAborted();
    const key = draftKey(run.order.id, run.runId, language);
    const beside: PreparedContent = {
      v: 1,
      template,
      ...(audience && { audience }),
      findings: findings.filter((finding) => finding.language === language),
    };
    await documents.put(key, html, "text/html; charset=utf-8", run.signal);
    await documents.put(sidecarKey(key), JSON.stringify(beside), "application/json", run.signal);
  }
}
