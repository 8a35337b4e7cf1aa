import { escapeHtml } from "@email-agent/shared/domain/template/escaping.ts";
import { publicAnswer, publicHtml, sentence } from "./publicPage.ts";
import type { PublicTexts } from "./publicTexts.ts";
import type { SenderWords } from "./senderWords.ts";

/** The field of the form that undoes an unsubscription; its value names that unsubscription. */
export const undoField = "undo";

/** The question, with what unsubscribing ends and what it does not. */
export function questionPage(texts: PublicTexts, words: SenderWords, status = 200): Response {
  const heading = words.name === "" ? texts.question : texts.questionFrom.replace("{name}", () => words.name);
  const form = `<form method="post"><button>${escapeHtml(texts.unsubscribe)}</button></form>`;
  return publicAnswer("unsubscribe", status, publicHtml(texts, heading, `${effects(texts, words)}${form}`));
}

/** `undo`: names the unsubscription that the button undoes; without it there is no button. */
export function donePage(texts: PublicTexts, words: SenderWords, undo: string | undefined): Response {
  const hidden = `<input type="hidden" name="${undoField}" value="${escapeHtml(undo ?? "")}">`;
  const form = `<form method="post">${hidden}<button class="quiet">${escapeHtml(texts.undo)}</button></form>`;
  const below = `${effects(texts, words)}${sentence(texts.doneNote)}${undo === undefined ? "" : form}`;
  return publicAnswer("unsubscribe", 200, publicHtml(texts, texts.done, `${sender(words)}${below}`));
}

export function undonePage(texts: PublicTexts, words: SenderWords): Response {
  const below = `${sender(words)}${sentence(texts.undoneNote)}`;
  return publicAnswer("unsubscribe", 200, publicHtml(texts, texts.undone, below));
}

function sender({ name }: SenderWords): string {
  return name === "" ? "" : `<p class="sender">${escapeHtml(name)}</p>`;
}

function effects(texts: PublicTexts, { serviceMail }: SenderWords): string {
  if (serviceMail.length === 0) return sentence(texts.endsAll);
  const kinds = serviceMail.map((kind) => `<li>${escapeHtml(kind)}</li>`).join("");
  return `${sentence(texts.ends)}${sentence(texts.stays)}<ul>${kinds}</ul>`;
}
