import { decodeWords } from "postal-mime";
import type { MailStore, StoredMail } from "./mailStore.ts";

/** Which mails. Everything given must match; texts ignore case. */
export interface MailFilter {
  /** Envelope recipient, whole address. */
  readonly to?: string;
  /** Part of the subject (decoded), of sender or recipient, or of the message id. */
  readonly q?: string;
  readonly mailing?: string;
  readonly run?: string;
  readonly messageId?: string;
  /** Mails of a Test step only (true), or all others (false). */
  readonly test?: boolean;
}

/** A mail as the API lists it. */
export interface ListedMail {
  readonly id: number;
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string;
  readonly mailingKey: string;
  readonly runId: string;
  readonly sizeBytes: number;
}

export interface MailingCount {
  readonly mailingKey: string;
  /** True for the mails of a Test step: they carry the mailing key too, and mark no one as reached. */
  readonly test: boolean;
  readonly messages: number;
  /** Different recipients; fewer than `messages` if a person got two. */
  readonly recipients: number;
}

export interface Duplicate {
  readonly mailingKey: string;
  readonly test: boolean;
  readonly recipient: string;
  readonly ids: readonly number[];
}

/** The mails that match, oldest first. */
export function matching(store: MailStore, filter: MailFilter): StoredMail[] {
  const to = filter.to?.toLowerCase();
  const q = filter.q?.trim().toLowerCase();
  return store.mails.filter(
    (mail) =>
      (to === undefined || mail.to.includes(to)) &&
      (filter.mailing === undefined || mail.mailingKey === filter.mailing) &&
      (filter.run === undefined || mail.runId === filter.run) &&
      (filter.messageId === undefined || mail.messageId === filter.messageId) &&
      (filter.test === undefined || isTest(mail) === filter.test) &&
      (!q ||
        `${decoded(mail.subject)}\n${mail.from}\n${mail.to.join("\n")}\n${mail.messageId}`.toLowerCase().includes(q)),
  );
}

export function listed(mail: StoredMail): ListedMail {
  const { offset: _, at, subject, ...rest } = mail;
  return { ...rest, at: new Date(at).toISOString(), subject: decoded(subject) };
}

/** Messages and recipients per mailing key, in the order in which the mailings first appeared. */
export function counts(store: MailStore, filter: MailFilter = {}): MailingCount[] {
  return grouped(store, filter).map(({ mailingKey, test, idsByRecipient }) => {
    const messages = [...idsByRecipient.values()].reduce((sum, ids) => sum + ids.length, 0);
    return { mailingKey, test, messages, recipients: idsByRecipient.size };
  });
}

/** Everyone who got more than one message of the same mailing: no one should. */
export function duplicates(store: MailStore, filter: MailFilter = {}): Duplicate[] {
  return grouped(store, filter).flatMap(({ mailingKey, test, idsByRecipient }) =>
    [...idsByRecipient]
      .filter(([, ids]) => ids.length > 1)
      .map(([recipient, ids]) => ({ mailingKey, test, recipient, ids })),
  );
}

interface Group {
  readonly mailingKey: string;
  readonly test: boolean;
  readonly idsByRecipient: Map<string, number[]>;
}

function grouped(store: MailStore, filter: MailFilter): Group[] {
  const groups = new Map<string, Group>();
  for (const mail of matching(store, filter)) {
    // A notice of the product to its users belongs to no mailing.
    if (mail.mailingKey === "") continue;
    const test = isTest(mail);
    const key = `${test} ${mail.mailingKey}`;
    const group = groups.get(key) ?? { mailingKey: mail.mailingKey, test, idsByRecipient: new Map() };
    groups.set(key, group);
    for (const recipient of mail.to) {
      const ids = group.idsByRecipient.get(recipient);
      if (ids) ids.push(mail.id);
      else group.idsByRecipient.set(recipient, [mail.id]);
    }
  }
  return [...groups.values()];
}

/** Test puts `TEST: ` in front of the subject; its mails have the mailing key of the real ones. */
function isTest(mail: StoredMail): boolean {
  return decoded(mail.subject).startsWith("TEST: ");
}

function decoded(subject: string): string {
  return subject.includes("=?") ? decodeWords(subject) : subject;
}
