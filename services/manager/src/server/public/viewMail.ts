import { preparedKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { personalLinks } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import { renderFor } from "@email-agent/shared/domain/delivery/renderFor.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";
import { compileContent, loadSurroundings, readContent, withoutErrors } from "@email-agent/shared/run/loadContent.ts";
import type { Manager } from "../manager.ts";
import type { CompiledContent } from "./compiledContents.ts";
import { notFoundPage, notNowPage, publicAnswer } from "./publicPage.ts";
import { type PublicSubject, publicSubject } from "./publicSubject.ts";
import { textsAsked, textsFor } from "./publicTexts.ts";

export type ViewParts = Pick<
  Manager,
  "config" | "participants" | "deliveries" | "orders" | "events" | "configTable" | "documents" | "log" | "viewContents"
>;

/** Deliveries whose message the server holds, or may hold. */
const mailed: readonly Delivery["status"][] = ["sending", "sent", "in-doubt"];

/**
 * `GET /view/<token>`: the mail in the browser. It renders the content that was mailed, whatever Prepare published since,
 * as of the time of mailing, with ARCHIVE_PAGE true.
 */
export async function viewMail(parts: ViewParts, token: string, request: Request): Promise<Response> {
  const subject = publicSubject(parts, "view", token);
  if (!subject) return notFoundPage("view", textsAsked(request.headers.get("accept-language")));
  const texts = textsFor(subject.mailing.language);
  try {
    const html = await mailedHtml(parts, subject);
    return html === undefined ? notFoundPage("view", texts) : publicAnswer("view", 200, html);
  } catch (error) {
    const { participantId, mailingKey } = subject;
    const report = isTransient(error) ? parts.log.warn : parts.log.error;
    report.call(parts.log, { error, participantId, mailingKey }, "a mail could not be shown in the browser");
    return notNowPage("view", texts);
  }
}

/** The HTML of the mail; undefined if nothing was mailed to this person, or the person is gone. */
async function mailedHtml(parts: ViewParts, subject: PublicSubject): Promise<string | undefined> {
  const { participantId, mailingKey, partition, runId } = subject;
  const [delivery, participant] = await Promise.all([
    parts.deliveries.get(partition, participantId),
    parts.participants.get(participantId),
  ]);
  if (!delivery || !participant || !mailed.includes(delivery.status)) return undefined;
  const { contentHash, workOrderId, account } = delivery;
  // Everything the compilation depends on that differs between deliveries.
  const key = JSON.stringify([mailingKey, runId !== undefined, contentHash, workOrderId, account]);
  const mail = await parts.viewContents.of(key, () => compile(parts, subject, delivery));
  const links = personalLinks(parts.config, participant.id, mailingKey, runId);
  const rendering = renderFor(mail, participant, links, epochMilliseconds(delivery.sendingAt), true);
  if ("unrendered" in rendering) throw new AppError("content", rendering.unrendered);
  return rendering.rendered.html;
}

async function compile(
  { config, orders, events, configTable, documents }: ViewParts,
  { mailing, runId }: PublicSubject,
  delivery: Delivery,
): Promise<CompiledContent> {
  const { language, subEvent } = mailing;
  // Not aborted with the request that came first: others wait for the same compilation.
  const [surroundings, stored, account, order] = await Promise.all([
    loadSurroundings({ events, config: configTable }, { ...mailing, languages: [language] }),
    readContent(documents, preparedKey(mailing, language, delivery.contentHash)),
    configTable.account(delivery.account),
    orders.get(delivery.workOrderId),
  ]);
  // Subject and preview text are the order's; where it is gone the mail can be read all the same.
  const { subjects, previewTexts } = order ?? { subjects: {}, previewTexts: {} };
  const use = { order: { subEvent, subjects, previewTexts }, isTest: runId !== undefined, ...(account && { account }) };
  const mail = withoutErrors(compileContent(config, surroundings, use, language, stored), language);
  return { mail, bytes: Buffer.byteLength(stored.html) };
}
