import { streamText } from "../recipients/streamText.ts";

/**
 * A response of lines of JSON, sent as they are made: for work whose progress a browser shows. `make` gets the signal that aborts when
 * the browser goes away. What it throws before its first line becomes an error response.
 */
export async function jsonLines(
  asked: AbortSignal,
  make: (signal: AbortSignal) => AsyncGenerator<object>,
): Promise<Response> {
  const leave = new AbortController();
  const values = make(AbortSignal.any([asked, leave.signal]));
  return new Response(await streamText(textsOf(values), (cause) => leave.abort(cause)), {
    // Compressed, the lines would wait for each other.
    headers: { "content-type": "application/x-ndjson; charset=utf-8", "cache-control": "no-store, no-transform" },
  });
}

async function* textsOf(values: AsyncGenerator<object>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
