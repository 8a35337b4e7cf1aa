/** Only this much of a reply is kept, because a delivery must fit into one item of the database. */
const replyBytes = 2048;

/** A server's reply as it is kept: cut at a whole character; control characters, which no reply should contain, become blanks. */
export function shortReply(reply: string): string {
  const text = reply.replace(/[^\P{Cc}\n\t]/gu, " ");
  if (Buffer.byteLength(text) <= replyBytes) return text;
  return Buffer.from(text)
    .toString("utf8", 0, replyBytes)
    .replace(/\uFFFD+$/, "");
}
