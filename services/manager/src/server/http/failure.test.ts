import { AppError } from "@email-agent/shared/kit/errors.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { expect, test } from "vitest";
import { failure } from "./failure.ts";

const log = openLog("manager", "error", { write: () => {} });
const shown = async (error: unknown) => {
  const answer = failure(log, error);
  return { status: answer.status, ...(await answer.json()).error };
};

test("a database that is away or throttles is no fault of the manager, and may be back in a moment", async () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:443"), { code: "ECONNREFUSED" });
  const throttled = Object.assign(new Error("slow down"), { name: "ProvisionedThroughputExceededException" });
  const wrapped = new AppError(
    "storage",
    "DynamoDB did not respond to GetItemCommand (connect ECONNREFUSED 10.0.0.1:443).",
  );
  for (const error of [refused, throttled, wrapped]) {
    const { status, code, message } = await shown(error);
    expect([status, code]).toEqual([503, "dependency"]);
    expect(message).not.toContain(error.message);
  }
});

test("an unexpected error shows nothing but its id in the log", async () => {
  expect(await shown(new Error("secret"))).toEqual({
    status: 500,
    code: "unexpected",
    message: expect.stringMatching(/under [0-9a-f]{8}\.$/),
  });
});

test("an expected error is shown in its own words, with its fields and details", async () => {
  const error = new AppError("invalid-input", "No.", { details: { fields: { stage: "No." }, recipients: 3 } });
  expect(await shown(error)).toEqual({
    ...{ status: 422, code: "invalid-input", message: "No." },
    ...{ fields: { stage: "No." }, details: { recipients: 3 } },
  });
});

test.each([
  ["busy", 503],
  ["too-many-requests", 429],
] as const)("%s is status %i and says in a header when to come back", async (code, status) => {
  const response = failure(log, new AppError(code, "Not now.", { details: { retryAfterSeconds: 7 } }));
  expect([response.status, response.headers.get("retry-after")]).toEqual([status, "7"]);
  expect(await response.json()).toEqual({ error: { code, message: "Not now." } });
});
