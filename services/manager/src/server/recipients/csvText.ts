/** Excel needs it to read UTF-8. */
export const byteOrderMark = "\ufeff";

/**
 * A line of CSV (RFC 4180, ends with CRLF). A cell that a spreadsheet would take for a formula gets a leading apostrophe,
 * which shows as text: one that begins with `=`, `+`, `-`, `@`, tab, or a line break, behind which a formula may stand.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
