import { createHash } from "node:crypto";
import { posix } from "node:path";
import { decodeTemplate } from "@email-agent/shared/domain/content/decodeTemplate.ts";
import { mediaPath } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { sizeLimitBytes } from "@email-agent/shared/domain/template/contentLimits.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { UploadedTemplate } from "../../api/templates.ts";
import type { Manager } from "../manager.ts";
import { imageKind } from "./imageKind.ts";
import { rewriteAddresses } from "./rewriteAddresses.ts";
import { unzip } from "./unzip.ts";

/** Mails are small; what is larger is a mistake, or no mail program will load it. */
const zipLimits = { files: 200, fileBytes: 5 * 1024 * 1024, totalBytes: 20 * 1024 * 1024 };
const htmlFile = /\.html?$/i;

/**
 * The text of an uploaded file: HTML, or a zip with one HTML file and its images. The images it uses are put under their
 * hash where everyone may read them, and the HTML gets their public addresses. Nothing else is saved.
 *
 * @throws AppError `invalid-input`, `too-large`, `configuration` with a sentence
 */
export async function readUpload(
  ports: Pick<Manager, "documents" | "config">,
  bytes: Uint8Array,
): Promise<UploadedTemplate> {
  if (bytes.byteLength === 0) throw new AppError("invalid-input", "The file is empty. Choose another one.");
  const files = isZip(bytes) ? await unzip(bytes, zipLimits) : new Map([["", bytes]]);
  const path = isZip(bytes) ? onlyHtml([...files.keys()]) : "";
  const whole = textOf(path, files.get(path) ?? new Uint8Array());
  const used = new Map<string, string>();
  const byLowerCase = new Map([...files.keys()].map((file) => [file.toLowerCase(), file]));
  const fileAt = (relative: string) => {
    const joined = posix.normalize(posix.join(posix.dirname(path), relative)).replace(/^(?:\.?\/)+/, "");
    return files.has(joined) ? joined : byLowerCase.get(joined.toLowerCase());
  };
  const html = rewriteAddresses(whole, (relative) => {
    const file = relative === "" ? undefined : fileAt(relative);
    const image = file === undefined ? undefined : imageOf(files.get(file));
    if (file === undefined || !image) return undefined;
    const address = publicAddress(ports.config.PUBLIC_BASE_URL, image.name);
    used.set(file, address);
    return address;
  });
  for (const file of used.keys()) {
    const content = files.get(file);
    const image = imageOf(content);
    if (content && image) await ports.documents.putNew(mediaPath(image.name).slice(1), content, image.type);
  }
  return {
    html,
    images: [...used].map(([file, address]) => ({ file, address })),
    leftOut: [...files.keys()].filter((file) => file !== path && !used.has(file)),
  };
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

function onlyHtml(names: readonly string[]): string {
  const found = names.filter((name) => htmlFile.test(name));
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new AppError("invalid-input", "The zip file holds no HTML file: add the template as one .html file.");
  throw new AppError(
    "invalid-input",
    `The zip file holds ${found.length} HTML files (${found.slice(0, 3).join(", ")}${found.length > 3 ? " …" : ""}): leave one.`,
  );
}

function textOf(path: string, bytes: Uint8Array): string {
  if (imageKind(bytes))
    throw new AppError("invalid-input", "This is an image: upload an HTML file, or a zip file with one.");
  if (bytes.byteLength > sizeLimitBytes)
    throw new AppError(
      "too-large",
      `The HTML has more than the ${sizeLimitBytes / 1024} KB of the largest mail: shorten it.`,
    );
  const decoded = decodeTemplate(bytes);
  if ("text" in decoded) return decoded.text;
  throw new AppError("invalid-input", `The file ${path && `${path} `}${decoded.problem}`);
}

/** `<sha256>.<extension>` of an image; undefined for other files. */
function imageOf(bytes: Uint8Array | undefined): { readonly name: string; readonly type: string } | undefined {
  const kind = bytes && imageKind(bytes);
  if (!bytes || !kind) return undefined;
  return { name: `${createHash("sha256").update(bytes).digest("hex")}.${kind.extension}`, type: kind.type };
}

function publicAddress(baseUrl: string, name: string): string {
  if (baseUrl !== "") return `${baseUrl.replace(/\/+$/, "")}${mediaPath(name)}`;
  throw new AppError(
    "configuration",
    "The images of the zip file cannot get a public address: PUBLIC_BASE_URL is not set. Set it, or upload the HTML without images.",
  );
}
