import { expect, test } from "vitest";
import { quickLimits, quickTimes, startSender } from "../../testing/senders.ts";
import { openHouse, somePeople } from "../../testing/sendingHouse.ts";

const quick = { limits: quickLimits, times: quickTimes };

test("mails everybody once and says so", async () => {
  await using house = await openHouse({ people: somePeople(230) });
  await using sender = await startSender(house, quick);
  const order = await house.addOrder();
  await house.command(order.id, "Send", "start");
  const step = await house.ended(order.id, "Send");
  expect(step, JSON.stringify(sender.logged.filter(({ level }) => level !== "debug"))).toMatchObject({
    status: "complete",
  });
  expect(house.inbox.mails).toHaveLength(230);
  expect(new Set(house.inbox.mails.map(({ to }) => to)).size).toBe(230);
  expect(step.counters).toEqual({ total: 230, sent: 230, skipped: 0, failed: 0, inDoubt: 0 });
});
