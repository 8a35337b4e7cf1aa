import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture } from "../../testing/sendFixture.ts";

const booked = { programs: { E2026: { join: true } } };

test.each([true, false])("acceptance 103: a Dry-Run and a Send of a stage with serviceMail %s", async (serviceMail) => {
  await using fixture = await openSendFixture({
    people: [
      aParticipant({ id: "subscribed" }),
      aParticipant({ id: "booked", unsubscribe: true, ...booked }),
      aParticipant({ id: "withdrew", unsubscribe: true, programs: { E2026: { join: true, withdrawn: true } } }),
      aParticipant({ id: "neither", unsubscribe: true }),
    ],
    stage: { serviceMail },
    account: { providerSigns: true },
  });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Dry-Run", "start");
  const dryRun = await fixture.ended(order.id, "Dry-Run");
  await fixture.command(order.id, "Send", "start");
  const send = await fixture.ended(order.id, "Send");

  const [sent, unsubscribed] = serviceMail ? [2, 2] : [1, 3];
  for (const step of [dryRun, send]) expect(step.languages?.["EN"]).toMatchObject({ sent, reasons: { unsubscribed } });
  const reached = fixture.inbox.messages().flatMap(({ to }) => to);
  const expected = serviceMail ? ["booked@example.org", "subscribed@example.org"] : ["subscribed@example.org"];
  expect(reached.sort()).toEqual(expected);
  // The link stays in service mail, too: it ends the other mails.
  for (const { id } of fixture.inbox.messages())
    expect(fixture.inbox.source(id).toString()).toMatch(/^List-Unsubscribe:\s*</m);
});
