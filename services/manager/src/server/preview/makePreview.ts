import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { Detail, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Preview, PreviewSource } from "../../api/preview.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { type FoundContent, findContent } from "./findContent.ts";
import { inertTexts } from "./inertTexts.ts";
import { type PersonParts, personFor, previewPerson, shownPerson } from "./previewPerson.ts";
import { type PreviewAttempt, type RenderParts, renderPreview } from "./renderPreview.ts";

export type PreviewParts = PersonParts & RenderParts & Pick<Manager, "documents">;

/** The mail that is requested; the server chooses absent parts. */
export interface PreviewQuery {
  readonly language?: string;
  readonly participant?: string;
  readonly source?: PreviewSource;
}

/** A preview with the HTML the frame shows; `html` is absent where there is a problem or nothing at all. */
export interface MadePreview {
  readonly preview: Preview;
  readonly html?: string;
}

const findingsLimit = 500;

/** The query of both preview routes. Throws AppError `invalid-input`. */
export function previewQuery(query: URLSearchParams): PreviewQuery {
  const language = query.get("language");
  const participant = query.get("participant");
  const source = query.get("source");
  if (source && source !== "prepared" && source !== "draft")
    throw new AppError("invalid-input", `There is no source "${source}": it is prepared or draft.`);
  return {
    ...(language && { language }),
    ...(participant && { participant }),
    ...(source && { source: source as PreviewSource }),
  };
}

/**
 * `GET /api/work-orders/{id}/preview`: one language of an order as one person will receive it, or why there is no mail,
 * with the source and the findings of QA. Addresses are masked for users who may not see them.
 *
 * @throws AppError `not-found`: no such order, language or participant; `too-many-requests`, `storage`
 */
export async function makePreview(
  parts: PreviewParts,
  user: User,
  orderId: string,
  query: PreviewQuery,
  signal?: AbortSignal,
): Promise<MadePreview> {
  const order = await orderFor(parts, user, orderId);
  const { languages } = order;
  const language = languageOf(order, query);
  const content = await findContent(parts, order, language, query.source, signal);
  if (!content) return { preview: { state: "none", sources: [], language, languages, findings: [] } };
  const found = await previewPerson(parts, user, order, language, query.participant, signal);
  const person = found && personFor(user, found);
  const attempt = person
    ? await renderPreview(parts, order, language, content.stored, person)
    : { problem: nobodyYet(user), findings: [] };
  const preview = { ...describe(language, content, attempt, person), languages };
  // Source, mail and findings hold what an author pasted and what a record holds, personal links of others included.
  return inertTexts(parts.config, { preview, ...(attempt.rendered && { html: attempt.rendered.html }) });
}

function nobodyYet(user: User): string {
  if (seesAllEvents(user)) return "There is no one yet to show the mail for: the table of participants is empty.";
  return "There is no one yet to show the mail for. Choose a tester in the form, or run Dry-Run first.";
}

function languageOf(order: WorkOrder, { language = order.languages[0] }: PreviewQuery): string {
  if (language !== undefined && order.languages.includes(language)) return language;
  throw new AppError(
    "not-found",
    `${language} is not a language of this work order: it has ${order.languages.join(", ")}.`,
  );
}

function describe(
  language: string,
  { state, sources, stored, findings, contentHash, preparedAt }: FoundContent,
  attempt: PreviewAttempt,
  person: Participant | undefined,
): Omit<Preview, "languages"> {
  const all = withNew(findings, attempt.findings);
  const left = all.length - findingsLimit;
  return {
    state,
    sources,
    language,
    template: stored.prepared.template,
    source: stored.html,
    findings: all.slice(0, findingsLimit),
    ...(left > 0 && { moreFindings: left }),
    ...(attempt.rendered && { mail: attempt.rendered.shown }),
    ...(attempt.problem !== undefined && { problem: attempt.problem }),
    ...(person && { participant: shownPerson(person) }),
    ...(contentHash && { contentHash }),
    ...(preparedAt && { preparedAt }),
  };
}

/** First the errors since Prepare (a prompt may be gone), then the findings of Prepare. */
function withNew(known: readonly Detail[], now: readonly Detail[]): Detail[] {
  const identity = ({ rule, part, line, column, text }: Detail) => JSON.stringify([rule, part, line, column, text]);
  const before = new Set(known.map(identity));
  return [...now.filter((detail) => !before.has(identity(detail))), ...known];
}
