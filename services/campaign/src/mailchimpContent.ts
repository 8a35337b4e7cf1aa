import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Audience } from "@email-agent/shared/domain/template/mail.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { Mailchimp } from "./adapters/mailchimp.ts";
import type { MailchimpAudience, MailchimpTemplate } from "./adapters/mailchimpResources.ts";
import { audienceNamed, audienceValues } from "./audience.ts";
import type { BackgroundWork } from "./backgroundWork.ts";
import type { Content } from "./content.ts";
import { removeBadge } from "./removeBadge.ts";
import { type TemporaryCampaigns, temporaryCampaigns } from "./temporaryCampaigns.ts";
import { untilAborted } from "./untilAborted.ts";

/** Mailchimp where it is configured: its API, and what the environment says besides. */
export interface MailchimpAccess {
  readonly api: Mailchimp;
  readonly settings: { readonly MAILCHIMP_AUDIENCE: string; readonly MAILCHIMP_REPLY_TO: string };
}

export interface MailchimpContentPorts {
  readonly config: Pick<ConfigTable, "account">;
  readonly clock: Clock;
  readonly background: BackgroundWork;
}

/** A template of Mailchimp whose content is wanted. */
export interface MailchimpSource {
  readonly language: string;
  readonly template: string;
  readonly templateId: number;
}

export interface MailchimpFound {
  readonly audience: Audience;
  readonly contents: readonly Content[];
  readonly remarks: readonly string[];
}

const subjectLimitCharacters = 150;
const contentTries = 5;
const betweenTriesMilliseconds = 2000;

/** The templates to read, once those of Mailchimp are known. */
type Choose = (templates: readonly MailchimpTemplate[]) => Promise<readonly MailchimpSource[]>;

/**
 * The values of the audience and the content of the chosen templates, see `contentAndCleaning`. A stop ends the wait at
 * once; the rest goes on as background work, so that no temporary campaign remains.
 */
export function mailchimpContent(
  ports: MailchimpContentPorts,
  access: MailchimpAccess,
  run: StepRun,
  choose: Choose,
): Promise<MailchimpFound> {
  const work = contentAndCleaning(ports, access, run, choose);
  ports.background.add(work);
  return untilAborted(work, run.signal);
}

/**
 * Takes the content of the chosen templates. Mailchimp gives the HTML of a template only through a campaign, so one is
 * created per language and deleted again, whatever happens.
 */
async function contentAndCleaning(
  ports: MailchimpContentPorts,
  access: MailchimpAccess,
  run: StepRun,
  choose: Choose,
): Promise<MailchimpFound> {
  const campaigns = temporaryCampaigns(access.api, ports.clock, run);
  const remarks: string[] = [];
  try {
    run.report({ message: "Reading audience and templates from Mailchimp" });
    await campaigns.removeOrphans();
    const audience = audienceNamed(access.settings.MAILCHIMP_AUDIENCE, await access.api.audiences(run.signal));
    const sources = await choose(await access.api.templates(run.signal));
    const contents = await contentsOf({ ...ports, ...access }, run, campaigns, sources, audience);
    return { audience: audienceValues(audience), contents, remarks };
  } finally {
    if (!(await campaigns.removeOwn()))
      remarks.push("Some temporary campaigns are left in Mailchimp; the next Prepare deletes them.");
  }
}

async function contentsOf(
  ports: MailchimpContentPorts & MailchimpAccess,
  run: StepRun,
  campaigns: TemporaryCampaigns,
  sources: readonly MailchimpSource[],
  audience: MailchimpAudience,
): Promise<Content[]> {
  if (sources.length === 0) return [];
  const account = await ports.config.account(run.order.account);
  const sender = {
    fromName: account?.fromName || audience.campaign_defaults.from_name || audience.name,
    replyTo: ports.settings.MAILCHIMP_REPLY_TO,
    audienceId: audience.id,
  };
  // All are awaited even if one fails: the id of every campaign must be known before they are deleted.
  const settled = await Promise.allSettled(
    sources.map(async ({ language, template, templateId }): Promise<Content> => {
      // Only Mailchimp sees it, and refuses a longer or blank one; QA judges the real subject.
      const wanted = run.order.subjects[language]?.trim() || template;
      const subject = wanted.slice(0, subjectLimitCharacters).toWellFormed();
      const html = await campaignHtml(ports, run, template, () =>
        campaigns.create(language, { ...sender, subject, templateId }),
      );
      const source = { from: "Mailchimp", template };
      return { language, template, source, html: removeBadge(html), audience: audienceValues(audience) };
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
  { api, clock }: Pick<MailchimpContentPorts & MailchimpAccess, "api" | "clock">,
  run: StepRun,
  template: string,
  create: () => Promise<string>,
): Promise<string> {
  run.signal.throwIfAborted();
  run.report({ message: `Reading the template ${template} from Mailchimp` });
  const campaignId = await create();
  for (let number = 1; ; number++) {
    const html = await api.contentHtml(campaignId, run.signal);
    if (html !== undefined) return html;
    if (number === contentTries)
      throw new AppError(
        "mailchimp",
        `Mailchimp returned no content for the template ${template} in ${contentTries} tries.`,
      );
    await clock.sleep(betweenTriesMilliseconds, run.signal);
  }
}
