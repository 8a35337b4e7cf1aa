/** One SMTP reply of a server: its text as received, lines joined by `\n`. Without a code it is not an SMTP reply. */
export interface Reply {
  readonly code?: number;
  readonly text: string;
}

export interface ReplyReader {
  /** True if a reply has begun and not ended. */
  readonly isMidReply: boolean;
  /** The replies that are complete with these bytes. After bytes that are not a reply nothing more is read. */
  push(chunk: Buffer): Reply[];
  /** At the end of the connection: a refusal without its last line break. Its code is certain all the same. */
  finish(): Reply | undefined;
}

/** RFC 5321 4.5.3.1.5 allows 512 octets a line; a longer reply than this will never end. */
const replyLimit = 64 * 1024;

/** RFC 5321 4.2: first digit 2 to 5, then a hyphen on every line but the last. Text may be absent; NUL is no text. */
const replyLine = /^([2-5]\d\d)(?:([ -])([^\0]*))?$/;

/** Parses the replies in a server's bytes (RFC 5321 4.2.1), in whatever pieces they arrive, within bounded memory. */
export function replyReader(): ReplyReader {
  /** Complete lines of an unfinished reply. */
  let lines: string[] = [];
  /** The unfinished line, one character for each byte. */
  let rest = "";
  let size = 0;
  let isBroken = false;

  const breakOff = (...last: string[]): Reply => {
    const text = decoded([...lines, ...last].join("\n"));
    isBroken = true;
    lines = [];
    rest = "";
    return { text };
  };
  const take = (line: string): Reply | undefined => {
    const [, code, mark] = replyLine.exec(line) ?? [];
    // Every line of a reply repeats its code.
    if (!code || (lines[0] && !lines[0].startsWith(code))) return breakOff(line);
    lines.push(line);
    size += line.length;
    if (mark === "-") return size > replyLimit ? breakOff() : undefined;
    const text = decoded(lines.join("\n"));
    lines = [];
    size = 0;
    return { code: Number(code), text };
  };

  return {
    get isMidReply() {
      return lines.length > 0 || rest.length > 0;
    },
    push(chunk) {
      if (isBroken) return [];
      const received = (rest + chunk.toString("latin1")).split(/\r?\n/);
      rest = received.pop()!;
      const replies: Reply[] = [];
      for (const line of received.filter((one) => one.trim())) {
        const reply = take(line);
        if (reply) replies.push(reply);
        if (isBroken) return replies;
      }
      // Some servers send an empty line after a reply. An empty line alone is not a reply.
      const isEmpty = received.length > 0 && replies.length === 0 && lines.length === 0 && !rest;
      if (isEmpty || size + rest.length > replyLimit) replies.push(breakOff(rest));
      return replies;
    },
    finish() {
      const begun = [...lines, rest].join("\n");
      const [, code] = /^([45]\d\d)[ -]/.exec(begun) ?? [];
      return code && !isBroken ? { code: Number(code), text: decoded(begun) } : undefined;
    },
  };
}

/** The class of a reply: 2 done, 3 continue, 4 refused temporarily, 5 refused permanently; 0 if it is not a reply. */
export function classOf({ code = 0 }: Reply): number {
  return Math.floor(code / 100);
}

/** RFC 5321 3.8: 421 announces at any time that the server ends the connection. */
export function isClosing({ code }: Reply): boolean {
  return code === 421;
}

/** UTF-8 if it is valid, otherwise byte by byte: RFC 5321 names no character set. */
function decoded(bytes: string): string {
  const text = Buffer.from(bytes, "latin1").toString("utf8");
  return text.includes("\uFFFD") ? bytes : text;
}
