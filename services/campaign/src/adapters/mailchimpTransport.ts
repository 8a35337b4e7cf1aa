import type { MailchimpReply } from "./mailchimpAttempts.ts";

export interface MailchimpRequest {
  readonly method: string;
  readonly url: string;
  readonly query: Record<string, unknown>;
  readonly body: unknown;
}

export interface MailchimpAccess {
  readonly apiKey: string;
  readonly timeoutMilliseconds: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends one request to Mailchimp. Throws only `signal.reason`: a network failure or timeout is a reply, and holds nothing
 * of the request, so the API key cannot leak.
 */
export async function sendToMailchimp(
  { method, url, query, body }: MailchimpRequest,
  { apiKey, timeoutMilliseconds, signal }: MailchimpAccess,
): Promise<MailchimpReply> {
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  const target = new URL(url);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") target.searchParams.set(name, String(value));
  }
  try {
    const response = await fetch(target, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`user:${apiKey}`).toString("base64")}`,
        accept: "application/json, application/problem+json",
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: "manual",
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    const retryAfter = response.headers.get("retry-after");
    const json = jsonOf(await response.text());
    return {
      status: response.status,
      ...(json !== undefined && { body: json }),
      ...(retryAfter !== null && { retryAfter }),
    };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (timeout.aborted) return { failure: `no response within ${timeoutMilliseconds / 1000} s` };
    return { failure: networkReason(error) };
  }
}

function jsonOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    // Not JSON is valid too: the firewall in front of Mailchimp responds with HTML.
    return undefined;
  }
}

/** `fetch` only says "fetch failed"; the reason is in its cause. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
}
