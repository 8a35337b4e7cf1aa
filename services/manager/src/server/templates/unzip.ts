import { AppError } from "@email-agent/shared/kit/errors.ts";
import yauzl from "yauzl";

export interface ZipLimits {
  readonly files: number;
  /** Unpacked, of one file and of all together. */
  readonly fileBytes: number;
  readonly totalBytes: number;
}

/** What systems add to an archive: it belongs to no template. */
const clutter = /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/i;

/**
 * The files of a zip archive by their paths (`images/a.png`), in memory. Sizes are those that were really unpacked: an
 * archive that says to be smaller than it is ends at the limit. Nothing is written to a disk, and a path that leads out
 * of the archive is refused.
 *
 * @throws AppError `invalid-input`, `too-large` with a sentence
 */
export async function unzip(bytes: Uint8Array, limits: ZipLimits): Promise<Map<string, Uint8Array>> {
  try {
    return await filesOf(bytes, limits);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("invalid-input", `The zip file cannot be read: ${reason}. Make it again, then upload it.`, {
      cause: error,
    });
  }
}

async function filesOf(bytes: Uint8Array, limits: ZipLimits): Promise<Map<string, Uint8Array>> {
  const zip = await yauzl.fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    lazyEntries: true,
  });
  const files = new Map<string, Uint8Array>();
  let entries = 0;
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    entries += 1;
    // Folders and clutter cost time, too.
    if (entries > limits.files * 3 || files.size >= limits.files)
      throw new AppError(
        "too-large",
        `The zip file holds more than ${limits.files} files. Take out what the template does not use.`,
      );
    const { fileName } = entry;
    if (fileName.endsWith("/") || clutter.test(fileName)) continue;
    const most = Math.min(limits.fileBytes, limits.totalBytes - total);
    const content = await contentOf(await zip.openReadStreamPromise(entry), most);
    if (!content) throw tooLarge(fileName, most === limits.fileBytes ? most : undefined, limits);
    total += content.byteLength;
    files.set(fileName, content);
  }
  return files;
}

/** Undefined if there are more bytes than `most`; of them no more is unpacked. */
async function contentOf(stream: AsyncIterable<Uint8Array> & { destroy(): void }, most: number) {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.byteLength;
    if (bytes > most) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(file: string, ofFile: number | undefined, { totalBytes }: ZipLimits): AppError {
  const text =
    ofFile === undefined
      ? `The files in the zip file have more than ${megabytes(totalBytes)} together`
      : `The file ${file.slice(0, 100)} in the zip file has more than ${megabytes(ofFile)}`;
  return new AppError("too-large", `${text}. Make the images smaller, then upload it again.`);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
