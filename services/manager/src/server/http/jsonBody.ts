import { AppError } from "@email-agent/shared/kit/errors.ts";

/** No order is larger: a table takes 400 KB. */
const limitBytes = 1024 * 1024;

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

/** The bytes a request brings. AppError `too-large` beyond a megabyte, of which no more is read. */
export async function bytesOf({ headers, body }: Pick<Request, "headers" | "body">): Promise<Uint8Array> {
  if (Number(headers.get("content-length") ?? 0) > limitBytes) throw tooLarge();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.byteLength;
    if (bytes > limitBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function tooLarge(): AppError {
  return new AppError("too-large", "The request is larger than a megabyte. Shorten the texts in it, then try again.");
}
