import type { User } from "@email-agent/shared/domain/configItems.ts";
import { checkContent } from "@email-agent/shared/domain/content/contentCheck.ts";
import { organisationAudience } from "@email-agent/shared/domain/content/organisationAudience.ts";
import { templateName } from "@email-agent/shared/domain/content/storedTemplate.ts";
import type { Settings } from "@email-agent/shared/domain/settings.ts";
import type { Audience } from "@email-agent/shared/domain/template/mail.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { loadSurroundings, mailSettings, type StoredContent } from "@email-agent/shared/run/loadContent.ts";
import type { TemplatePreview } from "../../api/templates.ts";
import type { Manager } from "../manager.ts";
import { inertTexts } from "../preview/inertTexts.ts";
import { type PersonParts, personFor, previewPerson, shownPerson } from "../preview/previewPerson.ts";
import { type PreviewAttempt, type RenderParts, renderPreview } from "../preview/renderPreview.ts";
import { type DraftOrder, draftOrder } from "./draftOrder.ts";
import type { DraftBody } from "./templateBodies.ts";

export type DraftParts = PersonParts & RenderParts & Pick<Manager, "orders">;

/** A preview with the HTML its frame shows; absent where there is a problem. */
export interface MadeTemplatePreview {
  readonly preview: TemplatePreview;
  readonly html?: string;
}

const findingsLimit = 500;

/**
 * What Prepare will find in a text that is not saved, its links apart, and the mail of it for a person: by the functions of
 * Prepare and Send. Findings of subject and preview text are left to the order.
 *
 * @throws AppError `not-found`: no such event or participant; `too-many-requests`, `storage`
 */
export async function previewTemplate(
  parts: DraftParts,
  user: User,
  body: DraftBody,
  signal?: AbortSignal,
): Promise<MadeTemplatePreview> {
  const { html, participant: wanted, ...place } = body;
  const draft = await draftOrder(parts, user, place);
  const audience = shownAudience(await parts.configTable.settings(), parts.config);
  const stored: StoredContent = {
    html,
    prepared: { v: 1, template: templateName(place), ...(audience && { audience }), findings: [] },
  };
  const checked = await draftFindings(parts, draft, place.language, stored);
  const found = await previewPerson(parts, user, draft.order, place.language, wanted, signal);
  const person = found && personFor(user, found);
  const attempt: PreviewAttempt = person
    ? await renderPreview(parts, draft.order, place.language, stored, person)
    : { problem: "There is no one yet to show the mail for.", findings: [] };
  const problem = checked.problem ?? attempt.problem;
  const left = checked.findings.length - findingsLimit;
  const preview: TemplatePreview = {
    findings: checked.findings.slice(0, findingsLimit),
    ...(left > 0 && { moreFindings: left }),
    ...(problem !== undefined && { problem }),
    ...(person && { participant: shownPerson(person) }),
    ...(attempt.rendered && { mail: attempt.rendered.shown }),
    ...(draft.isReal && { orderId: draft.order.id }),
  };
  return inertTexts(parts.config, { preview, ...(attempt.rendered && { html: attempt.rendered.html }) });
}

async function draftFindings(
  parts: DraftParts,
  { order, isReal }: DraftOrder,
  language: string,
  { html, prepared: { audience } }: StoredContent,
): Promise<{ readonly findings: readonly Detail[]; readonly problem?: string }> {
  const { events, configTable, config } = parts;
  try {
    const surroundings = await loadSurroundings({ events, config: configTable }, { ...order, languages: [language] });
    const account = await configTable.account(order.account);
    const settings = mailSettings(config, surroundings, order.subEvent, account, audience);
    const subject = order.subjects[language] ?? "";
    const previewText = order.previewTexts[language] || config.DEFAULT_PREVIEW_TEXT;
    const confirmation = isReal && surroundings.loaded.stage.confirmation;
    const found = checkContent({ language, subject, previewText, html }, settings, { ...order, confirmation });
    return { findings: found.filter(({ part }) => part === undefined) };
  } catch (error) {
    if (error instanceof AppError && error.disposition === "reject") return { findings: [], problem: error.message };
    throw error;
  }
}

/** Where Mailchimp is used it may have the values of the tags LIST, which only Prepare can read. */
function shownAudience(
  settings: Settings,
  config: Pick<Manager["config"], "MAILCHIMP_REPLY_TO">,
): Audience | undefined {
  const own = organisationAudience(settings);
  if (own || config.MAILCHIMP_REPLY_TO === "") return own;
  const value = "(of the audience in Mailchimp)";
  return {
    ...{ name: value, company: value, description: value, address: value, addressHtml: value, phone: value },
    ...{ email: config.MAILCHIMP_REPLY_TO, url: "" },
  };
}
