import { expect, test } from "vitest";
import { meterDynamo } from "../../testing/meteredDynamo.ts";
import { startSender } from "../../testing/senders.ts";
import { openSendFixture, somePeople } from "../../testing/sendFixture.ts";

const participant = (n: number) => ({ id: `0b5e9f2c-7a31-4c55-9d7e-${String(n).padStart(12, "0")}` });

test("acceptance 37: a Send costs at most 4 write units per recipient", async () => {
  const people = 300;
  await using fixture = await openSendFixture({
    people: somePeople(people, participant),
    account: { ratePerSecond: 500 },
  });
  await using meter = await meterDynamo(fixture.environment["AWS_ENDPOINT_URL_DYNAMODB"] as string);
  await using _sender = await startSender(fixture, { environment: { AWS_ENDPOINT_URL_DYNAMODB: meter.url } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "complete", counters: { sent: people } });

  const units = [...meter.writeUnits.values()].reduce((sum, units) => sum + units, 0);
  expect(units / people, JSON.stringify([...meter.writeUnits])).toBeLessThanOrEqual(4);
  // Claim and outcome alone are two: the meter does count.
  expect(units / people).toBeGreaterThanOrEqual(2);
});
