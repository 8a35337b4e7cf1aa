import { expect, test } from "vitest";
import { smtpVerdict, type Verdict } from "../smtpVerdict.ts";
import { type Meant, realReplies } from "./realReplies.ts";

const refused = { recipient: "failed", account: "refused", suppress: false } as const;
const expected: Record<Meant, Partial<Verdict>> = {
  gone: { recipient: "failed", permanent: true, account: "refused", suppress: true },
  full: refused,
  refused,
  content: { ...refused, refusalText: expect.any(String) },
  later: { recipient: "deferred", account: "soft-refusal", suppress: false },
  sender: { recipient: "failed", account: "sender-refused", suppress: false },
  day: { recipient: "deferred", account: "daily-limit", dailyLimit: true },
  rate: { recipient: "deferred", account: "throttled" },
  session: { recipient: "deferred", account: "session-limit" },
  login: { recipient: "deferred", runError: "authentication" },
  away: { recipient: "deferred", account: "unreachable" },
};

test.each(realReplies)("acceptance 46: %s means %s, as seen at %s: %s", (phase, meant, _seenAt, response) => {
  const answer = { dataSent: phase === "dot", phase, code: Number(response.slice(0, 3)), response };
  expect(smtpVerdict(answer, { dailyLimitTexts: [] })).toMatchObject(expected[meant]);
});
