import { draftKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import type { Detail, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { detailsLimit } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { readContent, type StoredContent } from "@email-agent/shared/run/loadContent.ts";
import type { PreviewSource } from "../../api/preview.ts";
import type { Manager } from "../manager.ts";

/** Content of one language for a preview. */
export interface FoundContent {
  readonly state: PreviewSource;
  /** All sources there are, newest first. */
  readonly sources: readonly PreviewSource[];
  readonly stored: StoredContent;
  readonly findings: readonly Detail[];
  /** Only of published content. */
  readonly contentHash?: string;
  /** When it was published, or when QA refused it. */
  readonly preparedAt?: string;
}

/**
 * The content of one language: the draft that the last Prepare refused, and the published one. The wanted one if it
 * exists, else the newer; undefined if there is none at all.
 *
 * @throws AppError `content` for what lies in the bucket and cannot be read, `storage`
 */
export async function findContent(
  { documents }: Pick<Manager, "documents">,
  order: WorkOrder,
  language: string,
  wanted?: PreviewSource,
  signal?: AbortSignal,
): Promise<FoundContent | undefined> {
  const draft = await refusedContent(documents, order, language, signal);
  const prepared = order.prepared[language];
  const sources: PreviewSource[] = [...(draft ? ["draft" as const] : []), ...(prepared ? ["prepared" as const] : [])];
  const state = sources.find((source) => source === wanted) ?? sources[0];
  if (draft && state === "draft") {
    const { endedAt } = order.steps.Prepare;
    const { findings } = draft.prepared;
    return { state, sources, stored: draft, findings, ...(endedAt && { preparedAt: endedAt }) };
  }
  if (!prepared) return undefined;
  const stored = await readContent(documents, prepared.s3Key, signal);
  const { hash: contentHash, preparedAt } = prepared;
  const findings = publishedFindings(order, language, stored);
  return { state: "prepared", sources, stored, findings, contentHash, preparedAt };
}

async function refusedContent(
  documents: Manager["documents"],
  order: WorkOrder,
  language: string,
  signal?: AbortSignal,
): Promise<StoredContent | undefined> {
  const { status, runId } = order.steps.Prepare;
  if (status !== "error" || runId === undefined) return undefined;
  try {
    return await readContent(documents, draftKey(order.id, runId, language), signal);
  } catch (error) {
    // Prepare failed before it had any content, or in a language this order did not have then.
    if (error instanceof AppError && error.code === "not-found") return undefined;
    throw error;
  }
}

/**
 * Warnings of the last Prepare, if that published this content; else those kept beside it, which are of the first Prepare
 * that had the same content: links may have changed since.
 */
function publishedFindings({ steps }: WorkOrder, language: string, { prepared }: StoredContent): readonly Detail[] {
  const { status, details } = steps.Prepare;
  if (status !== "complete" || !details || details.length >= detailsLimit) return prepared.findings;
  return details.filter((detail) => detail.language === language);
}
