import { hash } from "node:crypto";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import { type ReplyToConfig, replyToOf } from "@email-agent/shared/domain/delivery/replyTo.ts";
import type { NoticeRequest } from "@email-agent/shared/domain/notices/notice.ts";
import { type NoticeFacts, noticeHeadline, noticeRepair } from "@email-agent/shared/domain/notices/noticeCases.ts";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import { tidied } from "@email-agent/shared/domain/template/escaping.ts";
import type { NoticeRecipient } from "./noticeRecipients.ts";

export type NoticeMailConfig = ReplyToConfig & {
  /** Where the Email Manager is; empty: the mail has no link. */
  readonly PUBLIC_BASE_URL: string;
};

/** One mail of a notice, or of several notices of one work order. */
export interface NoticeMail {
  readonly notices: readonly [NoticeRequest, ...NoticeRequest[]];
  readonly recipient: NoticeRecipient;
  readonly account: Account;
  readonly timeZone: string;
}

/** A paragraph; a link has an address. */
interface Part {
  readonly text: string;
  readonly heading?: true;
  readonly address?: string;
}

/**
 * Plain text and simple HTML, in the form of a message that a program sends: RFC 3834 5 asks for Auto-Submitted, so that no
 * vacation responder replies to it. It holds no address of a person.
 */
export function noticeMail({ notices, recipient, account, timeZone }: NoticeMail, config: NoticeMailConfig): Mail {
  const [first, ...others] = notices;
  const name = `${first.eventCode} · ${first.subEvent} · ${first.stage}`;
  const headline = others.length > 0 ? `${count(notices.length)} notices` : noticeHeadline(first.facts);
  const address = account.fromAddress || config.EMAIL_FROM;
  const keys = notices.map(({ sk }) => sk).join(" ");
  const domain = domainOf(address);
  const parts: Part[] = [
    ...notices.flatMap((notice) => partsOf(notice, timeZone)),
    ...linkTo(first.workOrderId, config),
    { text: recipient.why },
  ];
  const shown: Part[] = [{ text: name }, ...parts];
  return {
    from: { name: tidied(account.fromName), address },
    to: { name: recipient.name, address: recipient.address },
    envelopeFrom: account.envelopeFrom || address,
    replyTo: replyToOf(account, config),
    messageId: `<${hash("sha256", `notice ${keys} ${recipient.key}`).slice(0, 32)}@${domain}>`,
    subject: `${name}: ${headline}`,
    text: shown.map(({ text, address: link }) => (link ? `${text}: ${link}` : text)).join("\n\n"),
    html: `<html lang="en"><body>${shown.map(inHtml).join("")}</body></html>`,
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "X-Email-Agent-Notice": others.length > 0 ? "several" : first.facts.kind,
    },
  };
}

function partsOf({ facts, at }: NoticeRequest, timeZone: string): Part[] {
  const { scheduledFor } = facts;
  const scheduled = scheduledFor && `Its start was scheduled for ${scheduledFor}.`;
  const texts = [numbers(facts), scheduled, pauseWords(facts), sleepWords(facts), facts.message, noticeRepair(facts)];
  return [
    { heading: true, text: noticeHeadline(facts) },
    ...texts.flatMap((text) => (text ? [{ text: localTimes(text, timeZone) }] : [])),
    { text: `Noticed at ${localTimes(at, timeZone)}.` },
  ];
}

/** `1,471 sent, 12 failed, 3 in doubt, 14 skipped, of 1,500 in all.` */
function numbers({ counters }: NoticeFacts): string | undefined {
  if (!counters) return undefined;
  const { total, sent, failed, inDoubt, skipped } = counters;
  const rest = [
    [failed, "failed"],
    [inDoubt, "in doubt"],
    [skipped, "skipped"],
  ] as const;
  const parts = rest.filter(([people]) => people > 0).map(([people, word]) => `${count(people)} ${word}`);
  return `${[`${count(sent)} sent`, ...parts].join(", ")}, of ${counted(total, "person", "people")} in all.`;
}

function pauseWords({ since, because, until }: NoticeFacts): string | undefined {
  if (since === undefined) return undefined;
  const tries = until === undefined ? "" : ` It is tried again at ${until}.`;
  return `Its account is paused since ${since}${because ? `, because ${because}` : ""}.${tries}`;
}

function sleepWords({ kind, until }: NoticeFacts): string | undefined {
  return kind === "quota" && until !== undefined ? `It wakes at ${until}.` : undefined;
}

function linkTo(workOrderId: string, { PUBLIC_BASE_URL: base }: NoticeMailConfig): Part[] {
  if (base === "") return [];
  return [{ text: "Open the work order", address: `${base.replace(/\/+$/, "")}/work-orders/${workOrderId}` }];
}

const instants = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z/g;

/** A text with its instants in the time zone of the organisation, which is named. */
function localTimes(text: string, timeZone: string): string {
  const format = formatOf(timeZone);
  return text.replace(instants, (at) => format.format(new Date(at)));
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const options = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZoneName: "short", timeZone });
  } catch {
    // A setting that no save has judged.
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZoneName: "short", timeZone: "UTC" });
  }
}

function inHtml({ text, heading, address }: Part): string {
  if (heading) return `<h3>${escaped(text)}</h3>`;
  return `<p>${address ? `<a href="${escaped(address)}">${escaped(text)}</a>` : escaped(text)}</p>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
