import { type Encoding, type Separator, separators } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { readRows } from "./readRows.ts";

/**
 * The encoding of a file: by its byte order mark, UTF-16 by its zero bytes, UTF-8 if all of it is valid UTF-8, else
 * Windows-1252, in which Excel saves "CSV" in Western Europe. AppError `invalid-input` for a workbook.
 */
export async function detectEncoding(parts: AsyncIterable<Uint8Array>): Promise<Encoding> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let isFirst = true;
  try {
    for await (const part of parts) {
      if (isFirst) {
        refuseWorkbook(part);
        const marked = byMark(part) ?? byZeros(part);
        if (marked) return marked;
      }
      isFirst = false;
      decoder.decode(part, { stream: true });
    }
    decoder.decode();
    return "utf-8";
  } catch (error) {
    if (error instanceof TypeError) return "windows-1252";
    throw error;
  }
}

function refuseWorkbook([a, b, c, d]: Uint8Array): void {
  const isZip = a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04;
  const isOld = a === 0xd0 && b === 0xcf && c === 0x11 && d === 0xe0;
  if (isZip || isOld)
    throw new AppError(
      "invalid-input",
      "This is a workbook and no CSV. Open it in the spreadsheet, save it as “CSV UTF-8”, then upload that file.",
    );
}

/** https://encoding.spec.whatwg.org/#bom-sniff */
function byMark([a, b, c]: Uint8Array): Encoding | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : undefined;
}

/** Half of the bytes of Latin text in UTF-16 are zero. */
function byZeros(part: Uint8Array): Encoding | undefined {
  const sample = part.subarray(0, 1000);
  const zeros = [0, 1].map((rest) => sample.filter((byte, index) => byte === 0 && index % 2 === rest).length) as [
    number,
    number,
  ];
  if (zeros[1] > sample.length / 4) return "utf-16le";
  return zeros[0] > sample.length / 4 ? "utf-16be" : undefined;
}

const sampleRows = 20;

/** The first rows of a file, the headings among them. What cannot be read behind them does not matter here. */
export async function firstRows(
  parts: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  separator: Separator,
  most = sampleRows,
): Promise<string[][]> {
  const found: string[][] = [];
  let read = 0;
  try {
    for await (const rows of readRows(parts, { encoding, separator })) {
      found.push(...rows.filter(({ problem }) => problem === undefined).map(({ cells }) => [...cells]));
      read += rows.length;
      if (read >= most) break;
    }
  } catch (error) {
    if (found.length === 0) throw error;
  }
  return found.slice(0, most);
}

/** The separator with which the first rows have the most columns, the same in most of them. */
export async function detectSeparator(parts: () => AsyncIterable<Uint8Array>, encoding: Encoding): Promise<Separator> {
  const scores: { readonly separator: Separator; readonly score: number }[] = [];
  for (const separator of separators) {
    const rows = await firstRows(parts(), encoding, separator).catch(() => []);
    const width = rows[0]?.length ?? 1;
    const alike = rows.filter(({ length }) => length === width).length / Math.max(1, rows.length);
    scores.push({ separator, score: (width - 1) * alike * alike });
  }
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).separator;
}
