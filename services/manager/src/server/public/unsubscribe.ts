import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";
import { ulid } from "ulid";
import type { Manager } from "../manager.ts";
import { peopleChanged } from "../people/peopleIndexes.ts";
import { notFoundPage, notNowPage } from "./publicPage.ts";
import { type PublicSubject, publicSubject } from "./publicSubject.ts";
import { type PublicTexts, textsAsked, textsFor } from "./publicTexts.ts";
import { senderWords } from "./senderWords.ts";
import { donePage, questionPage, undoField, undonePage } from "./unsubscribePages.ts";

export type UnsubscribeParts = Pick<
  Manager,
  "config" | "configTable" | "participants" | "people" | "deliveries" | "audit" | "clock" | "log"
>;

/** A mail program sends 26 bytes (RFC 8058 3.1), a form less. */
const bodyLimitBytes = 4096;

/** `GET /u/<token>`: shows the question and changes nothing, for scanners open every link of a mail. */
export async function askToUnsubscribe(parts: UnsubscribeParts, token: string, request: Request): Promise<Response> {
  return forPerson(parts, token, request, async ({ participantId }, texts) => {
    const participant = await parts.participants.get(participantId);
    if (!participant) return notFoundPage("unsubscribe", texts);
    const words = await senderWords(parts, parts.clock.now());
    return isOut(participant) ? donePage(texts, words, undoOf(participant)) : questionPage(texts, words);
  });
}

/**
 * `POST /u/<token>`: one-click unsubscribe (RFC 8058: no cookie, no redirect), or a button of our page. Idempotent, also
 * for simultaneous requests. The button that undoes it sends which unsubscription it saw: so no scanner that posts to every
 * link, no mail program, and no form of an earlier day subscribes anyone again.
 */
export async function unsubscribe(parts: UnsubscribeParts, token: string, request: Request): Promise<Response> {
  return forPerson(parts, token, request, async (subject, texts) => {
    const body = await smallBody(request, bodyLimitBytes);
    const now = parts.clock.now();
    if (body === undefined) return questionPage(texts, await senderWords(parts, now), 413);
    const undo = undoAsked(request, body);
    if (undo !== undefined) return undoUnsubscribe(parts, subject, texts, undo);
    const { participantId, mailingKey } = subject;
    const isDone = await parts.participants.unsubscribe(participantId, instant(now), mailingKey);
    if (isDone) {
      await record(parts, subject, "unsubscribed", now);
      await peopleChanged(parts, [participantId]);
    }
    const [words, participant] = await Promise.all([senderWords(parts, now), parts.participants.get(participantId)]);
    return donePage(texts, words, participant && undoOf(participant));
  });
}

async function undoUnsubscribe(
  parts: UnsubscribeParts,
  subject: PublicSubject,
  texts: PublicTexts,
  undo: string,
): Promise<Response> {
  const now = parts.clock.now();
  const { participantId } = subject;
  const seen = undo === unknownTime ? undefined : undo;
  const result = await parts.participants.resubscribe(participantId, seen);
  if (result === "done") {
    await record(parts, subject, "resubscribed", now);
    await peopleChanged(parts, [participantId]);
  }
  const [words, participant] = await Promise.all([senderWords(parts, now), parts.participants.get(participantId)]);
  if (!participant) return notFoundPage("unsubscribe", texts);
  return isOut(participant) ? donePage(texts, words, undoOf(participant)) : undonePage(texts, words);
}

function isOut({ unsubscribe: isUnsubscribed, forgotten }: Participant): boolean {
  return isUnsubscribed === true || Boolean(forgotten);
}

/** Names the unsubscription of a person: its time. Undefined for one who was forgotten, which cannot be undone. */
function undoOf({ unsubscribedAt, forgotten }: Participant): string | undefined {
  return forgotten ? undefined : (unsubscribedAt ?? unknownTime);
}

/** In place of the time of an unsubscription that another application recorded without one. */
const unknownTime = "unknown";

/** The unsubscription that a form of our page asks to undo; a body of RFC 8058 never does. */
function undoAsked(request: Request, body: string): string | undefined {
  if (!request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")) return undefined;
  const form = new URLSearchParams(body);
  return form.has("List-Unsubscribe") ? undefined : (form.get(undoField) ?? undefined);
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
async function record(
  parts: UnsubscribeParts,
  subject: PublicSubject,
  what: "unsubscribed" | "resubscribed",
  now: number,
): Promise<void> {
  const { participantId, mailingKey, runId, partition } = subject;
  try {
    const delivery = await parts.deliveries.get(partition, participantId);
    const act = {
      workOrderId: delivery?.workOrderId ?? "-",
      by: `participant ${participantId}`,
      what,
      data: { participantId, mailingKey, ...(runId !== undefined && { runId }) },
    };
    await parts.audit.put(userLine(act, ulid(now), now));
  } catch (error) {
    // The change is made; the missing line is our problem, not theirs.
    parts.log.error(
      { error, participantId },
      "a participant unsubscribed or subscribed again, but the audit line could not be written",
    );
  }
}

/** The body of a request if it has at most so many bytes. It is read up to the limit. */
async function smallBody(request: Request, limitBytes: number): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) return undefined;
  const reader = request.body?.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength;
    parts.push(part.value);
    if (bytes <= limitBytes) continue;
    await reader?.cancel();
    return undefined;
  }
  return Buffer.concat(parts).toString();
}
