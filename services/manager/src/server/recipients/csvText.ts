/** Excel needs it to read UTF-8. */
export const byteOrderMark = "\ufeff";

/** A response that a browser saves as a file. The name holds no quotes. */
export function csvResponse(body: string | ReadableStream<Uint8Array>, fileName: string): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "no-store",
    },
  });
}

/** Where a spreadsheet may begin a cell within a quoted text: many separate by `;` or tab whatever the file says. */
const separators = ";\\t\\n\\v\\f\\r\\u0085\\u2028\\u2029";
/** Invisible characters that may precede a formula: white space, characters without width, control characters, quotes. */
const unseen = `(?![${separators}])[\\s\\p{Default_Ignorable_Code_Point}\\p{Cc}"]`;
/** ASCII and their full-width and small forms, which Japanese and Chinese editions read alike. */
const signs = "=+\\-@＝＋－＠﹦﹢﹣﹫";
const formula = new RegExp(`(^|[${separators}])((?:${unseen})*[${signs}])`, "gu");
const guardedFormula = new RegExp(`(^|[${separators}])'((?:${unseen})*[${signs}])`, "gu");
/** How most cells begin. */
const plainStart = /^[\w<]/;
const separator = new RegExp(`[${separators}]`);
/** A spreadsheet may drop it and read what follows as the beginning of the cell. */
const startsWithBreak = /^[\t\r\n]/;

/**
 * A line of CSV (RFC 4180, ends with CRLF): every cell in quotes, and an apostrophe before what a spreadsheet would take
 * for a formula, which then shows as text (OWASP, CSV injection): one that begins with `=`, `+`, `-`, `@` or their
 * full-width forms, at the beginning of the cell or behind a `;`, tab or line break in it, also behind blanks.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(text: string): string {
  const harmless = guardedText(text);
  return `"${harmless.includes('"') ? harmless.replaceAll('"', '""') : harmless}"`;
}

/** A text with an apostrophe before what a spreadsheet would take for a formula, as every cell of ours has it. */
export function guardedText(text: string): string {
  const isPlain = text === "" || (plainStart.test(text) && !separator.test(text));
  return isPlain ? text : withoutFormulas(text);
}

/** Takes the apostrophes of `guardedText` away again. */
export function unguardedText(cell: string): string {
  if (!cell.includes("'")) return cell;
  return cell.replace(/^'(?=[\t\r\n])/, "").replace(guardedFormula, "$1$2");
}

function withoutFormulas(text: string): string {
  const guarded = text.replace(formula, "$1'$2");
  return startsWithBreak.test(guarded) ? `'${guarded}` : guarded;
}
