import { createHash } from "node:crypto";
import type { Documents } from "@email-agent/shared/adapters/documents.ts";
import type { Events } from "@email-agent/shared/adapters/events.ts";
import {
  type PreparedContent,
  preparedContentSchema,
  preparedKey,
  sidecarKey,
} from "@email-agent/shared/domain/content/preparedContent.ts";
import type { Detail, Prepared, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { Content } from "./content.ts";

export interface PublishPorts {
  readonly documents: Documents;
  readonly events: Pick<Events, "setEmbeddedEmails">;
}

/** What an order keeps of published content; the time is added by the write that completes the step. */
export type Published = Record<string, Omit<Prepared, "preparedAt">>;

/**
 * Puts the content of all languages into the bucket by its hash, then points the event to all of them in one update: a
 * crash in between leaves unreferenced objects, never half of the languages. Proves the lease before each of the two.
 */
export async function publish(
  ports: PublishPorts,
  run: StepRun,
  contents: readonly Content[],
  findings: readonly Detail[],
): Promise<Published> {
  const { eventCode, subEvent, stage } = run.order;
  const published: Published = {};
  run.proveLease();
  for (const content of contents) {
    run.signal.throwIfAborted();
    run.report({ message: `Publishing ${content.language}` });
    const ofLanguage = findings.filter(({ language }) => language === content.language);
    published[content.language] = await put(ports.documents, run, content, ofLanguage);
  }
  run.signal.throwIfAborted();
  run.proveLease();
  const urls = Object.entries(published).map(([language, { s3Key }]) => [language, ports.documents.url(s3Key)]);
  await ports.events.setEmbeddedEmails(eventCode, subEvent, stage, Object.fromEntries(urls));
  return published;
}

async function put(
  documents: Documents,
  run: StepRun,
  content: Content,
  findings: Detail[],
): Promise<Published[string]> {
  const html = await distinguishedByAudience(documents, run, content);
  const { key, hash } = addressOf(run.order, content.language, html);
  const beside: PreparedContent = {
    v: 1,
    template: content.template,
    ...(content.audience && { audience: content.audience }),
    findings,
  };
  await documents.putNew(key, html, "text/html; charset=utf-8", run.signal);
  await documents.putNew(sidecarKey(key), JSON.stringify(beside), "application/json", run.signal);
  return { s3Key: key, hash, bytes: Buffer.byteLength(html), source: content.source };
}

const usesAudience = /\*(?:\||%7C)[^|]*LIST(?::|_ADDRESS)/i;

/**
 * The HTML to publish. Its hash identifies all that is mailed, and an object is never overwritten: where the same HTML
 * was published with other audience values and shows them, a comment with the hash of the new values distinguishes the two.
 */
async function distinguishedByAudience(documents: Documents, run: StepRun, content: Content): Promise<string> {
  const { html, audience } = content;
  if (!audience || !usesAudience.test(html)) return html;
  const before = await sidecarAudience(
    documents,
    sidecarKey(addressOf(run.order, content.language, html).key),
    run.signal,
  );
  const values = JSON.stringify(audience);
  if (before === undefined || before === values) return html;
  return `${html}\n<!-- audience ${sha256(values).slice(0, 12)} -->\n`;
}

/** The audience values beside published HTML, as JSON; undefined if nothing is published there. */
async function sidecarAudience(documents: Documents, key: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { audience } = preparedContentSchema.parse(JSON.parse(await documents.getText(key, signal)));
    return JSON.stringify(audience);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return undefined;
    throw error;
  }
}

function addressOf(order: WorkOrder, language: string, html: string): { key: string; hash: string } {
  const hash = sha256(html);
  return { key: preparedKey(order, language, hash), hash };
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
