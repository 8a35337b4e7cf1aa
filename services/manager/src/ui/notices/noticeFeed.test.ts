import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { expect, test } from "vitest";
import { noticeFeed } from "./noticeFeed.ts";

const counters = { total: 10, sent: 5, failed: 0, skipped: 0, inDoubt: 0 };

test("what happened before the page opened is no notice, what happens then is one, once", () => {
  const clock = fakeClock();
  const feed = noticeFeed(clock);
  const endedAt = new Date(clock.now()).toISOString();
  const [before, then] = [anOrder(), anOrder()];
  before.steps.Send = { status: "complete", runId: "a", endedAt, counters };
  then.steps.Send = { status: "working", runId: "b", counters };
  expect(feed([before, then], true)).toEqual([]);
  then.steps.Send = { ...then.steps.Send, status: "error", endedAt };
  const [notice, ...more] = feed([before, then], false);
  expect(more).toEqual([]);
  expect(notice).toMatchObject({ key: `${then.id}#b#ended`, facts: { kind: "ended" }, order: { id: then.id } });
  expect(feed([before, then], false)).toEqual([]);
});

test("a Send that does not move is a notice after ten minutes of looks", async () => {
  const clock = fakeClock();
  const feed = noticeFeed(clock);
  const order = anOrder();
  order.steps.Send = { status: "working", runId: "run", counters };
  const news = [];
  for (let look = 0; look <= 21; look += 1) {
    news.push(...feed([order], true));
    await clock.advance(30_000);
  }
  expect(news.map(({ facts }) => facts.kind)).toEqual(["stalled"]);
});
