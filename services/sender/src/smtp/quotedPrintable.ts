const lineLimit = 76;
const equals = 0x3d;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const hexDigits = Buffer.from("0123456789ABCDEF", "latin1");

/** Where texts are encoded before they are copied out: a buffer of the worst case for each would be garbage thrice the mail's size. */
let scratch = Buffer.allocUnsafe(256 * 1024);

/**
 * UTF-8 text as quoted-printable (RFC 2045 6.7): lines of at most 76 characters, every line break CRLF, blanks at a line's
 * end encoded, no character split by a soft line break. One pass over the bytes: at 36 kB a mail the line-wise encoder of
 * nodemailer took half of the sender's CPU.
 */
export function quotedPrintable(text: string): Buffer {
  const source = Buffer.from(text, "utf8");
  // Worst case: every byte three characters, and a soft break (three more) after at least 64 characters of a line.
  const needed = Math.ceil(source.length * 3 * 1.05) + 16;
  if (scratch.length < needed) scratch = Buffer.allocUnsafe(needed * 2);
  const target = scratch;
  let end = 0;
  let column = 0;
  for (let at = 0; at < source.length; at++) {
    const byte = source[at]!;
    if (byte === carriageReturn || byte === lineFeed) {
      if (byte === carriageReturn && source[at + 1] === lineFeed) at++;
      target[end++] = carriageReturn;
      target[end++] = lineFeed;
      column = 0;
      continue;
    }
    const literal = isLiteral(byte, source[at + 1]);
    const width = literal ? 1 : 3 * sequenceLength(byte);
    if (column + width > lineLimit - 1) {
      target[end++] = equals;
      target[end++] = carriageReturn;
      target[end++] = lineFeed;
      column = 0;
    }
    if (literal) {
      target[end++] = byte;
      column += 1;
    } else {
      target[end++] = equals;
      target[end++] = hexDigits[byte >> 4]!;
      target[end++] = hexDigits[byte & 15]!;
      column += 3;
    }
  }
  return Buffer.from(target.subarray(0, end));
}

function isLiteral(byte: number, next: number | undefined): boolean {
  if (byte === 0x20 || byte === 0x09) return next !== undefined && next !== carriageReturn && next !== lineFeed;
  return byte > 0x20 && byte < 0x7f && byte !== equals;
}

/** Bytes of the UTF-8 character that begins with `byte`; 1 within a character, whose bytes stay together by then. */
function sequenceLength(byte: number): number {
  if (byte < 0xc0) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
