/** What the inbox keeps of a mail in memory; header values as they were sent (RFC 2047 not decoded). */
export interface MailHead {
  readonly subject: string;
  readonly messageId: string;
  /** Headers by which email-agent marks its mails; empty for others. */
  readonly mailingKey: string;
  readonly runId: string;
}

const wanted = /^(Subject|Message-ID|X-Email-Agent-Mailing|X-Email-Agent-Run):[ \t]*/gim;
const fields: Record<string, keyof MailHead> = {
  subject: "subject",
  "message-id": "messageId",
  "x-email-agent-mailing": "mailingKey",
  "x-email-agent-run": "runId",
};

/** A cheap scan of the header for the few fields that lists and counts need; the first of several equal ones wins. */
export function mailHead(raw: Buffer): MailHead {
  const end = raw.indexOf("\r\n\r\n");
  const text = raw.toString("latin1", 0, end === -1 ? raw.length : end);
  const found: Partial<Record<keyof MailHead, string>> = {};
  wanted.lastIndex = 0;
  for (let match = wanted.exec(text); match; match = wanted.exec(text)) {
    const field = fields[(match[1] as string).toLowerCase()] as keyof MailHead;
    const to = endOfField(text, wanted.lastIndex);
    // A copy out of the buffer: a slice of `text` would keep the whole header in memory.
    found[field] ??= raw.toString("utf8", wanted.lastIndex, to).replace(/\r\n[ \t]+/g, " ");
  }
  return { subject: "", messageId: "", mailingKey: "", runId: "", ...found };
}

/** A field goes on over lines that begin with a blank (RFC 5322, 2.2.3). */
function endOfField(text: string, from: number): number {
  for (let at = from; ; ) {
    const line = text.indexOf("\r\n", at);
    if (line === -1) return text.length;
    if (text[line + 2] !== " " && text[line + 2] !== "\t") return line;
    at = line + 2;
  }
}
