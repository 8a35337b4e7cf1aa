import type { Prompt, User } from "@email-agent/shared/domain/configItems.ts";
import { inertLinks } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import { renderFor } from "@email-agent/shared/domain/delivery/renderFor.ts";
import { isOffered } from "@email-agent/shared/domain/recipients/tester.ts";
import { compileMail } from "@email-agent/shared/domain/template/compileMail.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { readySteps, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { loadSurroundings, mailSettings } from "@email-agent/shared/run/loadContent.ts";
import { configured } from "@email-agent/shared/run/loadMailing.ts";
import { z } from "zod";
import type { PromptPreview } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { personFor, previewPerson, shownPerson } from "../preview/previewPerson.ts";

/** See PromptPreviewBody. */
export const promptPreviewSchema = z.strictObject({
  prompt: z.strictObject({ event: z.string(), key: z.string(), language: z.string(), text: z.string() }),
  event: z.string().min(1),
  subEvent: z.string().min(1),
  language: z.string().min(1),
  participant: z.string().optional(),
});
type Asked = z.output<typeof promptPreviewSchema>;

/**
 * A prompt as it is entered, in the mail of one person: rendered by the functions of Send, with links that open nothing, and
 * what is wrong with it at which place. AppError `not-found` for a person the user may not see.
 */
export async function promptPreview(
  manager: Manager,
  user: User,
  { prompt, event, subEvent, language, participant: wanted }: Asked,
  signal: AbortSignal,
): Promise<PromptPreview> {
  const { configTable, events, config, clock } = manager;
  const [stages, accounts, testers] = await Promise.all([
    configTable.stages(),
    configTable.accounts(),
    configTable.testers(),
  ]);
  const [stage] = stages;
  if (!stage) return { findings: [], problem: "There is no stage yet. Add one first: mails are made for a stage." };
  const account = accounts.find(({ enabled }) => enabled);
  const order = exampleOrder(
    { eventCode: event, subEvent, stage: stage.name, language, account: account?.name ?? "" },
    testers.filter((tester) => isOffered(tester, event)).map(({ id }) => id),
    clock.now(),
  );
  try {
    const { loaded, prompts } = await loadSurroundings({ events, config: configTable }, order);
    const others = prompts.filter((one) => !isSame(one, prompt));
    const settings = mailSettings(config, { loaded, prompts: [...others, prompt] }, subEvent, account);
    const source = { language, subject: "", previewText: "", html: prompt.text };
    const { mail, findings } = configured(() => compileMail(source, settings));
    const found = findings.filter(({ part }) => part === undefined);
    if (!mail) return { findings: found, problem: "It has errors, so there is nothing to show." };
    const person = await previewPerson(manager, user, order, language, wanted, signal);
    if (!person) return { findings: found, problem: "There is no one yet to show it for." };
    const shown = personFor(user, person);
    const rendering = renderFor(mail, shown, inertLinks(config), clock.now());
    if ("unrendered" in rendering)
      return { findings: found, problem: rendering.unrendered, person: shownPerson(shown) };
    return { findings: found, html: rendering.rendered.html, person: shownPerson(shown) };
  } catch (error) {
    if (error instanceof AppError && error.code === "configuration") return { findings: [], problem: error.message };
    throw error;
  }
}

function isSame(one: Prompt, { event, key, language }: Prompt): boolean {
  return one.event === event && one.key === key && one.language === language;
}

type Example = Pick<WorkOrder, "eventCode" | "subEvent" | "stage" | "account"> & { readonly language: string };

/** A mailing that exists nowhere, for what a text refers to. */
function exampleOrder({ language, ...names }: Example, testers: string[], now: number): WorkOrder {
  const at = instant(now);
  return {
    ...{ id: "wo-00000000000000000000000000", version: 1, ...names, languages: [language] },
    ...{ subjects: {}, previewTexts: {}, inPerson: true, testers, sendContinuously: false, sendInterval: 3600 },
    ...{ salutationByName: true, regLinkPresent: false, prepared: {}, steps: readySteps(), fence: 0, losses: 0 },
    ...{ archived: false, createdBy: "", createdAt: at, updatedBy: "", updatedAt: at },
  };
}
