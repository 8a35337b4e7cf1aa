import { promptSchema } from "@email-agent/shared/domain/configItems.ts";
import { wholeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { checkContent } from "@email-agent/shared/domain/content/contentCheck.ts";
import { linksToCheck } from "@email-agent/shared/domain/content/linksToCheck.ts";
import { eventSchema } from "@email-agent/shared/domain/event.ts";
import { settingsSchema } from "@email-agent/shared/domain/settings.ts";
import { describe, expect, test } from "vitest";
import { events, organisation, realMailEvent, stages, workOrders } from "./organisation.ts";
import { demoPrompts, demoTemplates } from "./templates.ts";

const extraPrompts = organisation.items
  .filter(({ kind }) => kind === "prompt")
  .map(({ key, fields }) => wholeItem("prompt", key, fields));
const settings = Object.fromEntries(
  organisation.items.filter(({ kind }) => kind === "setting").map(({ key, fields }) => [key, fields["value"]]),
);
const names = demoTemplates().map(({ name }) => name);

describe.each(demoTemplates())("the demo template $name", ({ name, html }) => {
  const [eventCode, subEvent, stageName, language] = name.split("-") as [string, string, string, string];
  const event = eventSchema.parse([...events, realMailEvent].find(({ aid }) => aid === eventCode));
  const stage = stages.find((one) => one.name === stageName);
  const source = { language, subject: "||name||, news for you", previewText: "News", html };
  const mailSettings = {
    event,
    subEvent,
    prompts: [...demoPrompts, ...extraPrompts].map((prompt) => promptSchema.parse(prompt)),
    settings: settingsSchema.parse(settings),
    audience: { name: "", company: "", description: "", address: "", addressHtml: "", phone: "", email: "", url: "" },
    replyTo: "office@example.org",
    configured: { unsubscribe: true, archive: true, profile: true, hash: true },
    oathed: () => true,
  };

  test("passes QA with everything an order of its stage may ask for, also where registration has its second form", () => {
    const rules = {
      salutationByName: true,
      regLinkPresent: stage?.requireRegLink === true,
      confirmation: stage?.confirmation === true,
      inPerson: event.config.inPerson === true,
      zoomId: "81234567890",
    };
    expect(checkContent(source, mailSettings, rules)).toEqual([]);
    const v2 = { ...mailSettings, event: { ...event, config: { ...event.config, reglinkv2: true } } };
    expect(checkContent(source, v2, rules)).toEqual([]);
  });

  test("links only to hosts the local web site answers for, by name", () => {
    for (const { url } of linksToCheck(source, mailSettings))
      expect(new URL(url).hostname).toMatch(/^(register\.example\.org|www\.example\.org|us02web\.zoom\.us)$/);
  });
});

test("every demo order finds a template of its stage or of the first parent stage in all three languages", () => {
  for (const { eventCode, subEvent, stage } of workOrders) {
    const parents = stages.find((one) => one.name === stage)?.parentStages ?? [];
    for (const language of ["EN", "DE", "SP"])
      expect([stage, ...parents].some((one) => names.includes(`${eventCode}-${subEvent}-${one}-${language}`))).toBe(
        true,
      );
  }
});
