/**
 * A message as it goes over the wire, its final dot apart: it ends with CRLF, and a dot at the start of a line is doubled
 * (RFC 5321 4.5.2). Bare CR and LF become CRLF, for some receivers see the end of the message in `LF . LF`.
 */
export function dotStuffed(message: Buffer): Buffer {
  const text = message.toString("latin1");
  if (text.endsWith("\r\n") && !/^\.|\n\.|\r(?!\n)|(?<!\r)\n/.test(text)) return message;
  const lines = text.replace(/\r\n|\r|\n/g, "\r\n").replace(/^\./gm, "..");
  return Buffer.from(lines.endsWith("\r\n") ? lines : `${lines}\r\n`, "latin1");
}
