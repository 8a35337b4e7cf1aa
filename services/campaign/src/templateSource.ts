import type { BucketTemplates } from "@email-agent/shared/adapters/bucketTemplates.ts";
import type { Stage } from "@email-agent/shared/domain/configItems.ts";
import { type StoredTemplate, templateName } from "@email-agent/shared/domain/content/storedTemplate.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { MailchimpTemplate } from "./adapters/mailchimpResources.ts";
import type { TemplateFiles } from "./adapters/templateFiles.ts";

/** The template of one language is looked up by these names, in this order. */
export interface WantedTemplate {
  readonly language: string;
  readonly names: readonly string[];
}

/** Where the content of one language is: a version in the bucket, a template in Mailchimp, or the text of a local file. */
export type TemplateSource = { readonly language: string; readonly template: string } & (
  | { readonly stored: StoredTemplate }
  | { readonly templateId: number }
  | { readonly html: string }
);

/** What every enabled language needs: `eventCode-subEvent-stage-LANG`, else the same with the stage's first parent stage. */
export function wantedTemplates(
  { eventCode, subEvent, languages }: Pick<WorkOrder, "eventCode" | "subEvent" | "languages">,
  stage: Pick<Stage, "name" | "parentStages">,
): WantedTemplate[] {
  const stages = [stage.name, ...stage.parentStages.slice(0, 1)];
  return languages.map((language) => ({
    language,
    names: stages.map((name) => templateName({ eventCode, subEvent, stage: name, language })),
  }));
}

/** Those of the languages whose template is in the bucket. */
export async function inBucket(
  wanted: readonly WantedTemplate[],
  templates: Pick<BucketTemplates, "get">,
): Promise<TemplateSource[]> {
  const found = await Promise.all(
    wanted.map(async ({ language, names }): Promise<TemplateSource[]> => {
      for (const template of names) {
        const stored = await templates.get(template);
        if (stored) return [{ language, template, stored }];
      }
      return [];
    }),
  );
  return found.flat();
}

/**
 * Finds the template of each of these languages in Mailchimp, else among the local files.
 *
 * @param templates those of Mailchimp; undefined if it is not used
 * @throws AppError `content` naming every template that is missing, and where it was looked for, or exists in Mailchimp
 *   more than once.
 */
export async function findTemplates(
  wanted: readonly WantedTemplate[],
  templates: readonly MailchimpTemplate[] | undefined,
  files: TemplateFiles,
): Promise<TemplateSource[]> {
  const sources: TemplateSource[] = [];
  const missing: string[] = [];
  const doubled: string[] = [];
  for (const { language, names } of wanted) {
    const source = inMailchimp(language, names, templates ?? []) ?? (await inFiles(language, names, files));
    if (source === undefined) missing.push(`There is no template ${names.join(" or ")}.`);
    else if (typeof source === "string") doubled.push(source);
    else sources.push(source);
  }
  if (missing.length > 0) missing.push(`Looked for in ${places(templates !== undefined, files)}.`);
  const problems = [...doubled, ...missing];
  if (problems.length > 0) throw new AppError("content", problems.join(" "));
  return sources;
}

function places(isMailchimpUsed: boolean, { folder }: TemplateFiles): string {
  return isMailchimpUsed
    ? `the bucket, in Mailchimp and in the folder ${folder}`
    : `the bucket and in the folder ${folder} (Mailchimp is not configured)`;
}

/** The source, a text saying that there are several, or undefined if there is none. */
function inMailchimp(
  language: string,
  names: readonly string[],
  templates: readonly MailchimpTemplate[],
): TemplateSource | string | undefined {
  for (const template of names) {
    const found = templates.filter(({ name }) => name === template);
    if (found.length > 1)
      return `Mailchimp has ${found.length} templates ${template}: rename or delete all but one of them.`;
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
