import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";
import { ulid } from "ulid";
import type { Manager } from "../manager.ts";
import { notFoundPage, notNowPage, publicAnswer, publicHtml, sentence } from "./publicPage.ts";
import { type PublicSubject, publicSubject } from "./publicSubject.ts";
import { type PublicTexts, textsAsked, textsFor } from "./publicTexts.ts";

export type UnsubscribeParts = Pick<Manager, "config" | "participants" | "deliveries" | "audit" | "clock" | "log">;

/** A mail program sends 26 bytes (RFC 8058 3.1), a form less. */
const bodyLimitBytes = 4096;

/** `GET /u/<token>`: shows the question and changes nothing, for scanners open every link of a mail. */
export async function askToUnsubscribe(parts: UnsubscribeParts, token: string, request: Request): Promise<Response> {
  return forPerson(parts, token, request, async ({ participantId }, texts) => {
    const participant = await parts.participants.get(participantId);
    if (!participant) return notFoundPage("unsubscribe", texts);
    return participant.unsubscribe ? donePage(texts) : questionPage(texts);
  });
}

/**
 * `POST /u/<token>`: one-click unsubscribe (RFC 8058: no cookie, no redirect), or the button of our page. Idempotent, also
 * for simultaneous requests.
 */
export async function unsubscribe(parts: UnsubscribeParts, token: string, request: Request): Promise<Response> {
  return forPerson(parts, token, request, async (subject, texts) => {
    if (!(await isSmall(request, bodyLimitBytes))) return publicAnswer("unsubscribe", 413, questionHtml(texts));
    const now = parts.clock.now();
    if (await parts.participants.unsubscribe(subject.participantId, instant(now))) await record(parts, subject, now);
    return donePage(texts);
  });
}

async function forPerson(
  parts: UnsubscribeParts,
  token: string,
  request: Request,
  work: (subject: PublicSubject, texts: PublicTexts) => Promise<Response>,
): Promise<Response> {
  const subject = publicSubject(parts, "unsubscribe", token);
  if (!subject) return notFoundPage("unsubscribe", textsAsked(request.headers.get("accept-language")));
  const texts = textsFor(subject.mailing.language);
  try {
    return await work(subject, texts);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return notFoundPage("unsubscribe", texts);
    const report = isTransient(error) ? parts.log.warn : parts.log.error;
    report.call(parts.log, { error, participantId: subject.participantId }, "an unsubscribe page could not be served");
    return notNowPage("unsubscribe", texts);
  }
}

/** The line of the audit, under the order whose mail the link came with, if its delivery is known. */
async function record(parts: UnsubscribeParts, subject: PublicSubject, now: number): Promise<void> {
  const { participantId, mailingKey, runId, partition } = subject;
  try {
    const delivery = await parts.deliveries.get(partition, participantId);
    const act = {
      workOrderId: delivery?.workOrderId ?? "-",
      by: `participant ${participantId}`,
      what: "unsubscribed" as const,
      data: { participantId, mailingKey, ...(runId !== undefined && { runId }) },
    };
    await parts.audit.put(userLine(act, ulid(now), now));
  } catch (error) {
    // The person is unsubscribed; the missing line is our problem, not theirs.
    parts.log.error({ error, participantId }, "a participant unsubscribed, but the audit line could not be written");
  }
}

function questionPage(texts: PublicTexts): Response {
  return publicAnswer("unsubscribe", 200, questionHtml(texts));
}

function questionHtml(texts: PublicTexts): string {
  return publicHtml(texts, texts.question, `<form method="post"><button>${texts.unsubscribe}</button></form>`);
}

function donePage(texts: PublicTexts): Response {
  return publicAnswer("unsubscribe", 200, publicHtml(texts, texts.done, sentence(texts.doneNote)));
}

/** True if the body of a request has at most so many bytes. It is read and discarded; a longer one only up to the limit. */
async function isSmall(request: Request, limitBytes: number): Promise<boolean> {
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) return false;
  const reader = request.body?.getReader();
  let bytes = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes <= limitBytes) continue;
    await reader?.cancel();
    return false;
  }
  return true;
}
