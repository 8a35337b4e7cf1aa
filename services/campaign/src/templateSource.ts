import type { Stage } from "@email-agent/shared/domain/configItems.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { MailchimpTemplate } from "./adapters/mailchimpResources.ts";
import type { TemplateFiles } from "./adapters/templateFiles.ts";

/** Where the content of one language is: a template in Mailchimp, or the text of a local file. */
export type TemplateSource = { readonly language: string; readonly template: string } & (
  | { readonly templateId: number }
  | { readonly html: string }
);

/**
 * Finds the template of every enabled language: `eventCode-subEvent-stage-LANG`, then the same with the stage's first
 * parent stage; in Mailchimp first, then among the local files.
 *
 * @throws AppError `content` naming every template that is missing or exists in Mailchimp more than once.
 */
export async function findTemplates(
  order: Pick<WorkOrder, "eventCode" | "subEvent" | "languages">,
  stage: Pick<Stage, "name" | "parentStages">,
  templates: readonly MailchimpTemplate[],
  files: TemplateFiles,
): Promise<TemplateSource[]> {
  const stages = [stage.name, ...stage.parentStages.slice(0, 1)];
  const sources: TemplateSource[] = [];
  const problems: string[] = [];
  for (const language of order.languages) {
    const names = stages.map((name) => `${order.eventCode}-${order.subEvent}-${name}-${language}`);
    const source = inMailchimp(language, names, templates) ?? (await inFiles(language, names, files));
    if (source === undefined) problems.push(`there is no template ${names.join(" or ")}`);
    else if (typeof source === "string") problems.push(source);
    else sources.push(source);
  }
  if (problems.length > 0)
    throw new AppError("content", `Mailchimp: ${problems.join("; ")}. Each name must be that of exactly one template.`);
  return sources;
}

/** The source, a text saying that there are several, or undefined if there is none. */
function inMailchimp(
  language: string,
  names: readonly string[],
  templates: readonly MailchimpTemplate[],
): TemplateSource | string | undefined {
  for (const template of names) {
    const found = templates.filter(({ name }) => name === template);
    if (found.length > 1) return `there are ${found.length} templates ${template}`;
    if (found[0]) return { language, template, templateId: found[0].id };
  }
  return undefined;
}

async function inFiles(
  language: string,
  names: readonly string[],
  files: TemplateFiles,
): Promise<TemplateSource | undefined> {
  for (const template of names) {
    const html = await files.read(template);
    if (html !== undefined) return { language, template, html };
  }
  return undefined;
}
