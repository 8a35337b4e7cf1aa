import type { GoNoGo, GoNoGoLine } from "../../api/sending.ts";
import { RequestFailed, stream } from "../http.ts";

/** How far the count of recipients has come: `read` people were looked at, `of` about so many. */
export interface CountProgress {
  readonly read: number;
  readonly of?: number;
}

/**
 * Reads the facts before a Send; `onProgress` hears how far their count has come. Throws RequestFailed. Aborting `signal`
 * ends the count on the server, too.
 */
export async function readFacts(
  path: string,
  onProgress: (progress: CountProgress) => void,
  signal: AbortSignal,
): Promise<GoNoGo> {
  for await (const text of stream(path, signal)) {
    const line = JSON.parse(text) as GoNoGoLine;
    if ("facts" in line) return line.facts;
    if ("error" in line) throw new RequestFailed(503, line.error);
    onProgress(line);
  }
  throw new RequestFailed(0, {
    code: "offline",
    message: "The connection broke off while the recipients were counted. Try again.",
  });
}
