import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type MailHead, mailHead } from "./mailHead.ts";

/** A mail as lists show it. Ids count from 1 in the order of arrival. */
export interface StoredMail extends MailHead {
  readonly id: number;
  /** Arrival, epoch milliseconds. */
  readonly at: number;
  /** Envelope, not header: recipients in lower case. */
  readonly from: string;
  readonly to: readonly string[];
  readonly sizeBytes: number;
  readonly offset: number;
}

/** Mails on disk, their heads in memory (about 300 bytes each). */
export interface MailStore extends Disposable {
  /** Keeps a mail: once this returns it survives the end of this process. */
  add(from: string, to: readonly string[], raw: Buffer): StoredMail;
  /** All heads, oldest first. */
  readonly mails: readonly StoredMail[];
  mail(id: number): StoredMail | undefined;
  /** The mail as it was received, dots unstuffed. */
  raw(mail: StoredMail): Buffer;
  /** Forgets everything. Ids go on. */
  clear(): void;
}

/**
 * Opens the store of a folder: `mails.raw` holds the mails one behind the other, `mails.index` one JSON line each. The
 * index line is written second, so a mail cut off by a kill is simply not there.
 */
export function openMailStore(folder: string): MailStore {
  mkdirSync(folder, { recursive: true });
  const indexFile = openSync(join(folder, "mails.index"), "a+");
  const rawFile = openSync(join(folder, "mails.raw"), "a+");
  const mails = readIndex(indexFile, fstatSync(rawFile).size);
  const known = new Map<string, string>();
  let size = fstatSync(rawFile).size;
  let nextId = (mails.at(-1)?.id ?? 0) + 1;

  /** One copy of a text that comes again and again: sender, subject, mailing key, run. */
  const shared = (text: string): string => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size < 10_000) known.set(text, text);
    return text;
  };

  return {
    mails,
    add(from, to, raw) {
      const head = mailHead(raw);
      const mail: StoredMail = {
        id: nextId++,
        at: Date.now(),
        from: shared(from),
        to: to.map((address) => address.toLowerCase()),
        subject: shared(head.subject),
        messageId: head.messageId,
        mailingKey: shared(head.mailingKey),
        runId: shared(head.runId),
        sizeBytes: raw.length,
        offset: size,
      };
      writeSync(rawFile, raw);
      size += raw.length;
      writeSync(indexFile, `${JSON.stringify(mail)}\n`);
      mails.push(mail);
      return mail;
    },
    mail: (id) => mails[id - (mails[0]?.id ?? 0)],
    raw({ sizeBytes, offset }) {
      const raw = Buffer.allocUnsafe(sizeBytes);
      readSync(rawFile, raw, 0, sizeBytes, offset);
      return raw;
    },
    clear() {
      mails.length = 0;
      known.clear();
      ftruncateSync(indexFile);
      ftruncateSync(rawFile);
      size = 0;
    },
    [Symbol.dispose]() {
      closeSync(indexFile);
      closeSync(rawFile);
    },
  };
}

/** Reads the whole lines; half a line, left by a kill, is cut off: its mail was never acknowledged. */
function readIndex(file: number, rawBytes: number): StoredMail[] {
  const text = readFileSync(file);
  const end = text.lastIndexOf("\n") + 1;
  ftruncateSync(file, end);
  const lines = text.toString("utf8", 0, end).split("\n");
  const mails = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as StoredMail);
  return mails.filter(({ offset, sizeBytes }) => offset + sizeBytes <= rawBytes);
}
