import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Stage } from "@email-agent/shared/domain/configItems.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { Mailchimp } from "./adapters/mailchimp.ts";
import type { MailchimpAudience } from "./adapters/mailchimpResources.ts";
import type { TemplateFiles } from "./adapters/templateFiles.ts";
import { audienceNamed, audienceValues } from "./audience.ts";
import type { BackgroundWork } from "./backgroundWork.ts";
import type { Content, FoundContent } from "./content.ts";
import { removeBadge } from "./removeBadge.ts";
import { findTemplates, type TemplateSource } from "./templateSource.ts";
import { type TemporaryCampaigns, temporaryCampaigns } from "./temporaryCampaigns.ts";
import { untilAborted } from "./untilAborted.ts";

export interface MailchimpContentPorts {
  readonly mailchimp: Mailchimp;
  readonly templateFiles: TemplateFiles;
  readonly config: Pick<ConfigTable, "account">;
  readonly clock: Clock;
  readonly background: BackgroundWork;
  readonly settings: { readonly MAILCHIMP_AUDIENCE: string; readonly MAILCHIMP_REPLY_TO: string };
}

const subjectLimitCharacters = 150;
const contentTries = 5;
const betweenTriesMilliseconds = 2000;

/**
 * The content of every enabled language, see `contentAndCleaning`. A stop ends the wait at once; the rest goes on as
 * background work, so that no temporary campaign remains.
 */
export function mailchimpContent(ports: MailchimpContentPorts, run: StepRun, stage: Stage): Promise<FoundContent> {
  const work = contentAndCleaning(ports, run, stage);
  ports.background.add(work);
  return untilAborted(work, run.signal);
}

/**
 * Takes the content of every enabled language from the order's templates in Mailchimp, or from a local file where
 * Mailchimp has none. Mailchimp gives the HTML of a template only through a campaign, so one is created per language
 * and deleted again, whatever happens.
 */
async function contentAndCleaning(ports: MailchimpContentPorts, run: StepRun, stage: Stage): Promise<FoundContent> {
  const campaigns = temporaryCampaigns(ports.mailchimp, ports.clock, run);
  const found = { contents: [] as readonly Content[], remarks: [] as string[] };
  try {
    run.report({ message: "Reading audience and templates from Mailchimp" });
    await campaigns.removeOrphans();
    const audience = audienceNamed(ports.settings.MAILCHIMP_AUDIENCE, await ports.mailchimp.audiences(run.signal));
    const templates = await ports.mailchimp.templates(run.signal);
    const sources = await findTemplates(run.order, stage, templates, ports.templateFiles);
    found.contents = await contentsOf(ports, run, campaigns, sources, audience);
    found.remarks.push(...fileRemarks(sources));
  } finally {
    if (!(await campaigns.removeOwn()))
      found.remarks.push("Some temporary campaigns are left in Mailchimp; the next Prepare deletes them.");
  }
  return found;
}

async function contentsOf(
  ports: MailchimpContentPorts,
  run: StepRun,
  campaigns: TemporaryCampaigns,
  sources: readonly TemplateSource[],
  audience: MailchimpAudience,
): Promise<Content[]> {
  const account = await ports.config.account(run.order.account);
  const sender = {
    fromName: account?.fromName || audience.campaign_defaults.from_name || audience.name,
    replyTo: ports.settings.MAILCHIMP_REPLY_TO,
    audienceId: audience.id,
  };
  // All are awaited even if one fails: the id of every campaign must be known before they are deleted.
  const settled = await Promise.allSettled(
    sources.map(async (source): Promise<Content> => {
      // Only Mailchimp sees it, and refuses a longer or blank one; QA judges the real subject.
      const wanted = run.order.subjects[source.language]?.trim() || source.template;
      const subject = wanted.slice(0, subjectLimitCharacters).toWellFormed();
      const html =
        "html" in source
          ? source.html
          : await campaignHtml(ports, run, source.template, () =>
              campaigns.create(source.language, { ...sender, subject, templateId: source.templateId }),
            );
      const { language, template } = source;
      return { language, template, html: removeBadge(html), audience: audienceValues(audience) };
    }),
  );
  run.signal.throwIfAborted();
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

/** Polls for the HTML that Mailchimp makes of a new campaign. */
async function campaignHtml(
  { mailchimp, clock }: Pick<MailchimpContentPorts, "mailchimp" | "clock">,
  run: StepRun,
  template: string,
  create: () => Promise<string>,
): Promise<string> {
  run.signal.throwIfAborted();
  run.report({ message: `Reading the template ${template} from Mailchimp` });
  const campaignId = await create();
  for (let number = 1; ; number++) {
    const html = await mailchimp.contentHtml(campaignId, run.signal);
    if (html !== undefined) return html;
    if (number === contentTries)
      throw new AppError(
        "mailchimp",
        `Mailchimp returned no content for the template ${template} in ${contentTries} tries.`,
      );
    await clock.sleep(betweenTriesMilliseconds, run.signal);
  }
}

function fileRemarks(sources: readonly TemplateSource[]): string[] {
  const files = sources.filter((source) => "html" in source);
  if (files.length === 0) return [];
  const list = files.map(({ language, template }) => `${language} (${template}.html)`).join(", ");
  return [`Local template files were used because Mailchimp has no such template: ${list}.`];
}
