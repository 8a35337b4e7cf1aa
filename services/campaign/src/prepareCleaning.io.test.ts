import { aStepRun, type TestRun } from "@email-agent/shared/testing/aStepRun.ts";
import { anEvent, anOrder } from "@email-agent/shared/testing/builders.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import {
  aMail,
  type PrepareFixture,
  putConfiguration,
  startPrepareFixture,
  theAudience,
} from "../testing/prepareFixture.ts";
import { prepare } from "./steps/prepare.ts";

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  await putConfiguration(stack);
});
afterAll(() => stack[Symbol.asyncDispose]());

const languages = ["EN", "SP"];
const templates = languages.map((language) => ({ name: `E2026-weekend-reg-${language}`, html: aMail() }));
const theRun = () => aStepRun("Prepare", anOrder({ languages }));

async function openFixture(): Promise<PrepareFixture> {
  const fixture = await startPrepareFixture(stack, { templates });
  await fixture.putEvent(anEvent());
  return fixture;
}

/** Runs Prepare and its background cleaning to the end; returns how it ended. */
async function prepared(fixture: PrepareFixture, run: TestRun): Promise<string> {
  const end = await prepare(fixture.ports)(run).then(
    (result) => result.kind,
    (error) => (error as { code: string }).code,
  );
  await fixture.background[Symbol.asyncDispose]();
  return end;
}

const titles = (fixture: PrepareFixture) => fixture.mailchimp.campaigns().map(({ title }) => title);

/** The calls of a Prepare that meets no trouble: orphans, audience, templates, two campaigns with content, cleaning up. */
const callsOfAPrepare = [
  "campaigns.list",
  "lists",
  "templates",
  ...["campaigns.create", "campaigns.create", "campaigns.content", "campaigns.content"],
  "campaigns.list",
  ...["campaigns.delete", "campaigns.delete"],
];

test("a Prepare makes these calls, at most four at a time, and leaves nothing behind", async () => {
  await using fixture = await openFixture();
  expect(await prepared(fixture, theRun())).toBe("complete");
  expect(fixture.mailchimp.requests.map(({ call }) => call).toSorted()).toEqual(callsOfAPrepare.toSorted());
  expect(titles(fixture)).toEqual([]);
});

test("acceptance 14: with the audience on page 2, a 429 and a 503 Prepare succeeds", async () => {
  const others = Array.from({ length: 100 }, (_, number) => ({ ...theAudience, name: `Other ${number}` }));
  const noise = Array.from({ length: 230 }, (_, number) => ({ name: `Other ${number}`, html: aMail() }));
  await using fixture = await startPrepareFixture(stack, {
    audiences: [...others, theAudience],
    templates: [...noise, ...templates],
  });
  await fixture.putEvent(anEvent());
  fixture.mailchimp.script({ call: "lists", skip: 1, status: 429, retryAfterSeconds: 1 });
  fixture.mailchimp.script({ call: "campaigns.create", status: 503, times: 2 });
  fixture.mailchimp.script({ call: "campaigns.content", status: 403, html: true });
  expect(await prepared(fixture, theRun())).toBe("complete");
  expect(titles(fixture)).toEqual([]);
  const made = fixture.mailchimp.requests.filter(({ call }) => call === "lists");
  expect(made.map(({ status }) => status)).toEqual([200, 429, 200]);
});

describe.each(callsOfAPrepare.map((call, number) => ({ call, number })))(
  "acceptance 14: no temporary campaign remains after trouble at call $number ($call):",
  ({ number }) => {
    test("a stop", async () => {
      await using fixture = await openFixture();
      fixture.mailchimp.script({ call: "*", skip: number, delayMilliseconds: 40 });
      const run = theRun();
      const end = prepared(fixture, run);
      await expect.poll(() => fixture.mailchimp.requests.length, { interval: 2 }).toBeGreaterThan(number);
      run.stop();
      expect(await end).toBe("stopped");
      expect(titles(fixture)).toEqual([]);
      expect((await fixture.event("E2026"))?.embeddedEmails).toBeUndefined();
    });

    test("a refusal", async () => {
      await using fixture = await openFixture();
      fixture.mailchimp.script({ call: "*", skip: number, status: 400 });
      await prepared(fixture, theRun());
      expect(titles(fixture)).toEqual([]);
    });

    test("a timeout of a call that had its effect", async () => {
      await using fixture = await openFixture();
      fixture.mailchimp.script({ call: "*", skip: number, hang: true, afterEffect: true });
      expect(await prepared(fixture, theRun())).toBe("complete");
      expect(titles(fixture)).toEqual([]);
    });

    test("a connection that is cut, again and again", async () => {
      await using fixture = await openFixture();
      fixture.mailchimp.script({ call: "*", skip: number, reset: true, afterEffect: true, times: 5 });
      await prepared(fixture, theRun());
      expect(titles(fixture)).toEqual([]);
    });
  },
);

test("a stop ends the step at once although a campaign is being made; it is deleted in the background", async () => {
  await using fixture = await openFixture();
  fixture.mailchimp.script({ call: "campaigns.create", delayMilliseconds: 200, times: 2 });
  const run = theRun();
  const order: string[] = [];
  const step = prepare(fixture.ports)(run).catch(() => order.push("step ended"));
  await expect.poll(() => fixture.mailchimp.requests.filter(({ call }) => call === "campaigns.create").length).toBe(2);
  run.stop();
  await step;
  expect(fixture.mailchimp.requests.some(({ call }) => call === "campaigns.delete")).toBe(false);
  await fixture.background[Symbol.asyncDispose]();
  expect(
    fixture.mailchimp.requests.filter(({ call, status }) => call === "campaigns.delete" && status === 204).length,
  ).toBe(2);
  expect(titles(fixture)).toEqual([]);
});

test("a run that goes on elsewhere is left its campaigns: only those this process made are deleted", async () => {
  await using fixture = await openFixture();
  const run = theRun();
  const theirs = { title: `email-agent-tmp-${run.runId}-EN`, createdAt: new Date() };
  fixture.mailchimp.addCampaign(theirs);
  fixture.mailchimp.script({ call: "campaigns.content", delayMilliseconds: 100, times: 2 });
  const end = prepared(fixture, run);
  await expect.poll(() => fixture.mailchimp.requests.some(({ call }) => call === "campaigns.content")).toBe(true);
  run.stop("lease-lost");
  expect(await end).toBe("lease-lost");
  expect(titles(fixture)).toEqual([theirs.title]);
});

test("what a lost process left of this run is deleted too; orphans over an hour old go, everything else stays", async () => {
  await using fixture = await openFixture();
  const run = theRun();
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  fixture.mailchimp.addCampaign({ title: `email-agent-tmp-${run.runId}-SP`, createdAt: hoursAgo(0.1) });
  fixture.mailchimp.addCampaign({ title: "email-agent-tmp-01OLD-EN", createdAt: hoursAgo(1.1) });
  fixture.mailchimp.addCampaign({ title: "email-agent-tmp-01NEW-EN", createdAt: hoursAgo(0.9) });
  fixture.mailchimp.addCampaign({ title: "A draft of an author", createdAt: hoursAgo(100) });
  for (let number = 0; number < 120; number++)
    fixture.mailchimp.addCampaign({ title: `Draft ${number}`, createdAt: hoursAgo(9) });
  fixture.mailchimp.addCampaign({ title: "email-agent-tmp-01OLD-SP", createdAt: hoursAgo(30) });
  expect(await prepared(fixture, run)).toBe("complete");
  const left = titles(fixture).filter((title) => !title.startsWith("Draft "));
  expect(left).toEqual(["email-agent-tmp-01NEW-EN", "A draft of an author"]);
  expect(titles(fixture).length).toBe(122);
});

test("a campaign that cannot be deleted fails nothing, is said, and never shows the key", async () => {
  await using fixture = await openFixture();
  fixture.mailchimp.script({ call: "campaigns.delete", status: 500, times: 100 });
  const run = theRun();
  const result = await prepare(fixture.ports)(run);
  expect(result.kind).toBe("complete");
  expect(result.message).toContain("Some temporary campaigns are left in Mailchimp");
  expect(run.logged.map(({ level }) => level)).toContain("warn");
  const said = JSON.stringify([result, run.logged.map(({ fields }) => String(fields["error"])), run.reported]);
  expect(said).not.toContain(fixture.mailchimp.apiKey);
});
