import type { BucketTemplates } from "@email-agent/shared/adapters/bucketTemplates.ts";
import type { Stage } from "@email-agent/shared/domain/configItems.ts";
import { organisationAudience } from "@email-agent/shared/domain/content/organisationAudience.ts";
import type { Settings } from "@email-agent/shared/domain/settings.ts";
import type { Audience } from "@email-agent/shared/domain/template/mail.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { TemplateFiles } from "./adapters/templateFiles.ts";
import type { Content, FoundContent } from "./content.ts";
import {
  type MailchimpAccess,
  type MailchimpContentPorts,
  type MailchimpFound,
  type MailchimpSource,
  mailchimpContent,
} from "./mailchimpContent.ts";
import { removeBadge } from "./removeBadge.ts";
import { findTemplates, inBucket, type TemplateSource, wantedTemplates } from "./templateSource.ts";

export interface TemplateContentPorts extends MailchimpContentPorts {
  readonly bucketTemplates: BucketTemplates;
  /** Absent where Mailchimp is not used. */
  readonly mailchimp?: MailchimpAccess;
  readonly templateFiles: TemplateFiles;
}

/**
 * The content of every enabled language from the order's templates: that of the bucket, else of Mailchimp, else of a local
 * file. Mailchimp is asked only if a language is not in the bucket, or if the organisation has no name of its own for the
 * tags LIST.
 *
 * @throws AppError `content` naming every template that is missing, and where it was looked for.
 */
export async function templateContent(
  ports: TemplateContentPorts,
  run: StepRun,
  { stage, settings }: { readonly stage: Stage; readonly settings: Settings },
): Promise<FoundContent> {
  const wanted = wantedTemplates(run.order, stage);
  run.report({ message: "Looking for templates in the bucket" });
  const sources = await inBucket(wanted, ports.bucketTemplates);
  const organisation = organisationAudience(settings);
  const left = wanted.filter(({ language }) => !sources.some((source) => source.language === language));
  let fromMailchimp: MailchimpFound | undefined;
  if (ports.mailchimp && (left.length > 0 || !organisation))
    fromMailchimp = await mailchimpContent(ports, ports.mailchimp, run, async (templates) => {
      const found = await findTemplates(left, templates, ports.templateFiles);
      sources.push(...found);
      return found.filter((source): source is Extract<TemplateSource, MailchimpSource> => "templateId" in source);
    });
  else sources.push(...(await findTemplates(left, undefined, ports.templateFiles)));
  const own = await ownContents(ports, run, sources, organisation ?? fromMailchimp?.audience);
  const places = run.order.languages;
  const contents = [...own, ...(fromMailchimp?.contents ?? [])].toSorted(
    (one, other) => places.indexOf(one.language) - places.indexOf(other.language),
  );
  return { contents, remarks: [sourceWords(contents, stage), ...(fromMailchimp?.remarks ?? [])] };
}

/** What does not come from Mailchimp. A badge may be in a file that was exported there. */
function ownContents(
  { bucketTemplates }: Pick<TemplateContentPorts, "bucketTemplates">,
  run: StepRun,
  sources: readonly TemplateSource[],
  audience: Audience | undefined,
): Promise<Content[]> {
  const contentOf = async (source: TemplateSource): Promise<Content[]> => {
    const { language, template } = source;
    const shared = { language, template, ...(audience && { audience }) };
    if ("html" in source) return [{ ...shared, html: removeBadge(source.html), source: { from: "folder", template } }];
    if (!("stored" in source)) return [];
    const html = removeBadge(await bucketTemplates.html(source.stored, run.signal));
    return [{ ...shared, html, source: { from: "bucket", template, version: source.stored.version } }];
  };
  return Promise.all(sources.map(contentOf)).then((found) => found.flat());
}

/** `From the bucket: EN (version 3). From Mailchimp: SP.`, with the name of a template that is of the parent stage. */
function sourceWords(contents: readonly Content[], { name }: Pick<Stage, "name">): string {
  const groups = Map.groupBy(contents, ({ source }) => source.from);
  const sentences = [...groups].map(([from, ofSource]) => {
    const languages = ofSource.map(({ language, template, source: { version } }) => {
      const isParents = !template.endsWith(`-${name}-${language}`);
      const notes = [isParents && template, version !== undefined && `version ${version}`].filter(Boolean);
      return notes.length > 0 ? `${language} (${notes.join(", ")})` : language;
    });
    return `From ${from === "Mailchimp" ? from : `the ${from}`}: ${languages.join(", ")}.`;
  });
  return sentences.join(" ");
}
