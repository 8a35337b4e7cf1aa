import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { z } from "zod";

/** What came back from one attempt. `body` is absent unless it was JSON; `retryAfter` is the header as sent. */
export type MailchimpReply =
  | { readonly status: number; readonly body?: unknown; readonly retryAfter?: string }
  | { readonly failure: string };

const attempts = 5;
const longestWaitMilliseconds = 60_000;

/** Problem document of Mailchimp: https://mailchimp.com/developer/marketing/docs/errors/ */
const problemSchema = z.object({
  title: z.string().default(""),
  detail: z.string().default(""),
  errors: z.array(z.object({ field: z.string().default(""), message: z.string() })).default([]),
});

/**
 * Makes one Mailchimp call in up to 5 attempts. Retries 429, 5xx, network errors and a 403 without JSON body (from the
 * firewall in front of Mailchimp) with exponential backoff (1·2ⁿ s plus jitter) or as `Retry-After` asks. `what` completes
 * "Mailchimp could not …". Returns the body; undefined for 404 if `missingIsFine`.
 *
 * @throws AppError `mailchimp-unavailable` after the last attempt, `mailchimp` with Mailchimp's title and detail for any
 * other refusal; `signal.reason` if a wait is stopped.
 */
export async function attempt(
  call: () => Promise<MailchimpReply>,
  what: string,
  options: { clock: Clock; signal?: AbortSignal; missingIsFine?: boolean },
): Promise<unknown> {
  const { clock, signal, missingIsFine = false } = options;
  for (let number = 1; ; number++) {
    signal?.throwIfAborted();
    const reply = await call();
    if ("status" in reply && reply.status >= 200 && reply.status < 300) return reply.body;
    if ("status" in reply && reply.status === 404 && missingIsFine) return undefined;
    if (!isPassing(reply)) throw new AppError("mailchimp", `Mailchimp refused to ${what}: ${replyWords(reply)}.`);
    if (number === attempts)
      throw new AppError(
        "mailchimp-unavailable",
        `Mailchimp could not ${what} in ${attempts} attempts: ${replyWords(reply)}.`,
      );
    await clock.sleep(waitMilliseconds(reply, number - 1, clock.now()), signal);
  }
}

function isPassing(reply: MailchimpReply): boolean {
  if ("failure" in reply) return true;
  return reply.status === 429 || reply.status >= 500 || (reply.status === 403 && reply.body === undefined);
}

function waitMilliseconds(reply: MailchimpReply, waits: number, now: number): number {
  const asked = "retryAfter" in reply ? reply.retryAfter : undefined;
  const seconds = Number(asked);
  const askedMilliseconds = Number.isNaN(seconds) ? Date.parse(asked ?? "") - now : seconds * 1000;
  const own = 1000 * 2 ** waits * (1 + Math.random() * 0.25);
  return Math.min(longestWaitMilliseconds, asked === undefined || !(askedMilliseconds >= 0) ? own : askedMilliseconds);
}

function replyWords(reply: MailchimpReply): string {
  if ("failure" in reply) return reply.failure;
  const problem = problemSchema.safeParse(reply.body);
  if (!problem.success) return `status ${reply.status}`;
  const { title, detail, errors } = problem.data;
  const fields = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  return [`status ${reply.status}`, title, detail, ...fields]
    .map((part) => part.trim().replace(/\.$/, ""))
    .filter((part) => part !== "")
    .join("; ");
}
