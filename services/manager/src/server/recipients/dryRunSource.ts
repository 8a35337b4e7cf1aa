import type { DryRunRecipients } from "@email-agent/shared/adapters/dryRunRecipients.ts";
import { fromDryRun } from "./recipient.ts";
import { filteredPerShard, listStep, orderedRead, perShard, type RecipientSource } from "./recipientSource.ts";

/** The lines of a Dry-Run by participant id. */
export function dryRunSource(
  dryRunRecipients: Pick<DryRunRecipients, "inOrder">,
  { runId, language, status }: { runId: string; language: string; status?: "ok" | "error" },
): RecipientSource {
  return async function* (read) {
    const count = read.accepts || status === "error" ? filteredPerShard : perShard(read.atOnce);
    const pages = dryRunRecipients.inOrder(runId, language, orderedRead(read, count));
    for await (const { items, readTo } of pages) {
      const found = items.flatMap((line, index) =>
        (status === undefined || line.status === status) && (!read.accepts || read.accepts(line))
          ? [{ recipient: fromDryRun(line), place: [line.participantId], position: index + 1 }]
          : [],
      );
      yield listStep(found, items.length, readTo);
    }
  };
}
