import { mediaPath } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { imageNamed } from "../templates/imageKind.ts";

const mediaFile = /^[0-9a-f]{64}\.([a-z]{3,4})$/;

/**
 * `GET /media/<sha256>.<extension>`: an image of a template, for every mail program. It never changes, so it may be kept
 * for ever. Its type is that of its own bytes when it was uploaded; nothing in it runs.
 */
export async function serveMedia(
  parts: Pick<Manager, "documents">,
  file: string,
  signal?: AbortSignal,
): Promise<Response> {
  const kind = imageNamed(mediaFile.exec(file)?.[1] ?? "");
  const bytes = kind && (await imageBytes(parts, file, signal));
  const headers = {
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "cross-origin",
    "x-robots-tag": "noindex",
  };
  if (!kind || !bytes)
    return new Response("There is no such image.\n", {
      status: 404,
      headers: { ...headers, "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  return new Response(new Uint8Array(bytes), {
    headers: { ...headers, "content-type": kind.type, "cache-control": "public, max-age=31536000, immutable" },
  });
}

async function imageBytes(
  { documents }: Pick<Manager, "documents">,
  file: string,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    return await documents.getBytes(mediaPath(file).slice(1), signal);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return undefined;
    throw error;
  }
}
