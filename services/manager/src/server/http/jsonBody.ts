import { AppError } from "@email-agent/shared/kit/errors.ts";
import { jsonLimitBytes } from "./bodyLimits.ts";

/**
 * The JSON a request brings. AppError `too-large` beyond a megabyte, of which no more is read; `unsupported-media-type` if it
 * says to be something else; `invalid-input` if it is no JSON.
 */
export async function jsonBody(request: Pick<Request, "headers" | "body">): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(?:;|$)/i.test(type))
    throw new AppError(
      "unsupported-media-type",
      "The body of the request must be JSON (Content-Type: application/json).",
    );
  const bytes = await bytesOf(request);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new AppError("invalid-input", "The body of the request is not JSON.", { cause });
  }
}

/** The bytes a request brings. AppError `too-large` beyond the limit, a megabyte unless given, of which no more is read. */
export async function bytesOf(
  { headers, body }: Pick<Request, "headers" | "body">,
  limitBytes: number = jsonLimitBytes,
): Promise<Uint8Array> {
  if (Number(headers.get("content-length") ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.byteLength;
    if (bytes > limitBytes) throw tooLarge(limitBytes);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(limitBytes: number): AppError {
  const text =
    limitBytes === jsonLimitBytes
      ? "The request is larger than a megabyte. Shorten the texts in it, then try again."
      : `The file is larger than ${Math.floor(limitBytes / 1024 / 1024)} MB. Make it smaller, then upload it again.`;
  return new AppError("too-large", text);
}
