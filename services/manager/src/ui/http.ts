import type { Failure } from "../api/failure.ts";

/** A failed request, with the server's message. `status` 0: no response. */
export class RequestFailed extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, { code, message, fields = {}, details = {} }: Failure) {
    super(message);
    this.name = "RequestFailed";
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.details = details;
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Calls our API and returns the JSON; undefined for 204. Throws RequestFailed; after 401 the sign-in page opens. */
export async function call<Result>(
  method: Method,
  path: string,
  body?: unknown,
  options: { readonly signal?: AbortSignal; readonly keepalive?: boolean } = {},
): Promise<Result> {
  const response = await reach(path, {
    method,
    ...options,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Result;
  const failure = await failureOf(response);
  if (response.status === 401) signInAgain();
  throw new RequestFailed(response.status, failure);
}

/** Puts bytes. Throws RequestFailed; after 401 the sign-in page opens. */
export async function putBytes(path: string, bytes: Blob, signal: AbortSignal): Promise<void> {
  const response = await reach(path, { method: "PUT", body: bytes, signal });
  if (response.ok) return;
  const failure = await failureOf(response);
  if (response.status === 401) signInAgain();
  throw new RequestFailed(response.status, failure);
}

/** Sends a file to our API and returns the JSON. Throws RequestFailed; after 401 the sign-in page opens. */
export async function sendFile<Result>(path: string, file: Blob): Promise<Result> {
  const headers = { "content-type": "application/octet-stream" };
  const response = await reach(path, { method: "POST", body: file, headers });
  if (response.ok) return (await response.json()) as Result;
  const failure = await failureOf(response);
  if (response.status === 401) signInAgain();
  throw new RequestFailed(response.status, failure);
}

/**
 * Calls our API (`POST` with a body) and yields the lines of JSON of the response as they arrive. Throws RequestFailed, also for a line that
 * says what failed on the server (`status` 500). After 401 the sign-in page opens.
 */
export async function* streamLines<Line extends object>(
  path: string,
  signal: AbortSignal,
  body?: unknown,
): AsyncGenerator<Exclude<Line, { readonly error: Failure }>> {
  for await (const text of stream(path, signal, body)) {
    if (text === "") continue;
    const line = JSON.parse(text) as Line | { readonly error: Failure };
    if ("error" in line) throw new RequestFailed(500, line.error as Failure);
    yield line as Exclude<Line, { readonly error: Failure }>;
  }
}

/** Lines as they arrive; the last one, behind the last line break, is empty. */
async function* stream(path: string, signal: AbortSignal, body?: unknown): AsyncGenerator<string> {
  const sent = { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await reach(path, {
    method: body === undefined ? "GET" : "POST",
    signal,
    ...(body !== undefined && sent),
  });
  if (!response.ok) {
    const failure = await failureOf(response);
    if (response.status === 401) signInAgain();
    throw new RequestFailed(response.status, failure);
  }
  let rest = "";
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done = true, value = "" } = (await reader?.read()) ?? {};
    const lines = `${rest}${value}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (done) return;
  }
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new RequestFailed(0, {
      code: "offline",
      message: "The server cannot be reached. Check your connection and try again; nothing is lost.",
    });
  }
}

async function failureOf(response: Response): Promise<Failure> {
  try {
    return ((await response.json()) as { error: Failure }).error;
  } catch {
    // A proxy responded with a page of its own.
    return { code: "unexpected", message: `The server responded with ${response.status}. Try again in a moment.` };
  }
}

function signInAgain(): void {
  const returnTo = `${location.pathname}${location.search}`;
  location.assign(`/sign-in?reason=session-ended&returnTo=${encodeURIComponent(returnTo)}`);
}
