import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { expect, test } from "vitest";
import { attempt, type MailchimpReply } from "./mailchimpAttempts.ts";

const fine: MailchimpReply = { status: 200, body: { id: "x" } };

/** Plays the replies one by one; returns how the call ended, and after how many milliseconds each attempt began. */
async function play(replies: MailchimpReply[], options: { missingIsFine?: boolean; signal?: AbortSignal } = {}) {
  const clock = fakeClock();
  const begun: number[] = [];
  const work = attempt(
    async () => {
      begun.push(clock.monotonic());
      return replies.shift() ?? fine;
    },
    "list templates",
    { clock, ...options },
  ).then(
    (body) => ({ body }),
    (error: Error & { code?: string }) => ({ error }),
  );
  await clock.advance(300_000);
  return { ...(await work), begun };
}

const passing: [string, MailchimpReply][] = [
  ["429", { status: 429, body: { title: "Too Many Requests" } }],
  ["500", { status: 500 }],
  ["503", { status: 503, body: {} }],
  ["a network error", { failure: "ECONNRESET" }],
  ["a 403 that is no JSON", { status: 403 }],
];

test.each(passing)("%s is tried again", async (_what, reply) => {
  expect(await play([reply, reply])).toMatchObject({ body: { id: "x" } });
});

test("the waits double from one second, with up to a quarter of jitter", async () => {
  const { begun, error } = (await play(Array(9).fill({ status: 503 }))) as { begun: number[]; error: Error };
  const waits = begun.slice(1).map((at, index) => at - begun[index]!);
  expect(waits.length).toBe(4);
  waits.forEach((wait, index) => {
    expect(wait).toBeGreaterThanOrEqual(1000 * 2 ** index);
    expect(wait).toBeLessThanOrEqual(1250 * 2 ** index);
  });
  expect(error).toMatchObject({
    code: "mailchimp-unavailable",
    disposition: "retry",
    message: "Mailchimp could not list templates in 5 attempts: status 503.",
  });
});

test.each([
  ["7", 7000],
  ["0", 0],
  ["Sun, 01 Mar 2026 08:00:09 GMT", 9000],
  ["100000", 60_000],
])("Retry-After %s waits %d ms", async (retryAfter, wait) => {
  const { begun } = await play([{ status: 429, retryAfter }]);
  expect(begun).toEqual([0, wait]);
});

test("any other refusal is an error at once, with Mailchimp's title, detail and fields", async () => {
  const body = {
    title: "Invalid Resource",
    detail: "The resource submitted could not be validated.",
    errors: [{ field: "settings.reply_to", message: "This domain is not verified." }],
  };
  const { error, begun } = (await play([{ status: 400, body }])) as { error: Error; begun: number[] };
  expect(begun.length).toBe(1);
  expect(error).toMatchObject({
    code: "mailchimp",
    disposition: "reject",
    message:
      "Mailchimp refused to list templates: status 400; Invalid Resource; The resource submitted could not be validated; settings.reply_to: This domain is not verified.",
  });
});

test.each([
  ["a 403 of Mailchimp itself", { status: 403, body: { title: "Forbidden" } }],
  ["a redirect", { status: 302 }],
  ["404 where something must be there", { status: 404, body: {} }],
])("%s is not tried again", async (_what, reply) => {
  expect(await play([reply])).toMatchObject({ error: { code: "mailchimp" }, begun: [0] });
});

test("404 is nothing where nothing is fine", async () => {
  expect(await play([{ status: 404 }], { missingIsFine: true })).toEqual({ body: undefined, begun: [0] });
});

test("a stop ends a wait at once", async () => {
  const clock = fakeClock();
  const stop = new AbortController();
  const stopped = new Error("stopped");
  const work = attempt(async () => ({ status: 503 }), "list lists", { clock, signal: stop.signal });
  await expect.poll(() => clock.sleeping).toBe(1);
  stop.abort(stopped);
  await expect(work).rejects.toBe(stopped);
});
