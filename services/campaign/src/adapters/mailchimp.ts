import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { semaphore } from "@email-agent/shared/kit/semaphore.ts";
import { z } from "zod";
import { attempt, type MailchimpReply } from "./mailchimpAttempts.ts";
import { type MailchimpClient, mailchimpClient } from "./mailchimpClient.ts";
import {
  audienceListSchema,
  draftSchema,
  fitting,
  type MailchimpAudience,
  type MailchimpDraft,
  type MailchimpTemplate,
  templateSchema,
} from "./mailchimpResources.ts";

export interface NewCampaign {
  readonly title: string;
  readonly subject: string;
  readonly fromName: string;
  readonly replyTo: string;
  readonly templateId: number;
  readonly audienceId: string;
}

/**
 * The Mailchimp calls of Prepare. Each is retried, and at most 4 are in flight (Mailchimp allows 10 connections); see
 * `attempt` for the errors. A stop ends reads and waits at once; a change in flight is awaited.
 */
export interface Mailchimp {
  /** All audiences. */
  audiences(signal: AbortSignal): Promise<MailchimpAudience[]>;
  /** All templates that were not deleted. */
  templates(signal: AbortSignal): Promise<MailchimpTemplate[]>;
  /** All campaigns not sent yet. */
  drafts(signal?: AbortSignal): Promise<MailchimpDraft[]>;
  /** Creates a regular campaign and returns its id. Never settles while a request is in flight, even after a stop. */
  createCampaign(campaign: NewCampaign, signal: AbortSignal): Promise<string>;
  /** The HTML Mailchimp made of a campaign; undefined until there is one. */
  contentHtml(campaignId: string, signal: AbortSignal): Promise<string | undefined>;
  /** Deletes a campaign; one that does not exist is fine. */
  deleteCampaign(campaignId: string): Promise<void>;
}

interface MailchimpConfig {
  readonly MAILCHIMP_API_KEY: string;
  readonly MAILCHIMP_SERVER_PREFIX: string;
  /** A stand-in, `/3.0` included; empty for Mailchimp itself. */
  readonly MAILCHIMP_BASE_URL: string;
}

type Call = (client: MailchimpClient) => Promise<MailchimpReply>;

const pageSize = 100;
const parallel = 4;
const requestTimeoutMilliseconds = 30_000;

/** The port over the official client library. */
export function mailchimp(
  config: MailchimpConfig,
  clock: Clock,
  timeoutMilliseconds = requestTimeoutMilliseconds,
): Mailchimp {
  const connections = semaphore(parallel);
  const options = { apiKey: config.MAILCHIMP_API_KEY, timeoutMilliseconds };
  const basePath =
    config.MAILCHIMP_BASE_URL.replace(/\/+$/, "") || `https://${config.MAILCHIMP_SERVER_PREFIX}.api.mailchimp.com/3.0`;

  const read = (what: string, call: Call, signal?: AbortSignal, missingIsFine = false) => {
    const client = mailchimpClient(basePath, { ...options, ...(signal && { signal }) });
    return attempt(() => connections.run(() => call(client)), what, {
      clock,
      ...(signal && { signal }),
      missingIsFine,
    });
  };
  // The client gets no signal: a change that Mailchimp has begun is awaited, so that it can be undone.
  const change = (what: string, call: Call, signal?: AbortSignal, missingIsFine = false) => {
    const client = mailchimpClient(basePath, options);
    return attempt(() => connections.run(() => call(client)), what, {
      clock,
      ...(signal && { signal }),
      missingIsFine,
    });
  };

  async function all<Item extends { readonly id: string | number }>(
    name: "lists" | "templates" | "campaigns",
    schema: z.ZodType<Item>,
    page: (client: MailchimpClient, opts: object) => Promise<MailchimpReply>,
    signal?: AbortSignal,
  ): Promise<Item[]> {
    const found = new Map<string | number, Item>();
    const pageSchema = z.object({ [name]: z.array(schema), total_items: z.int() });
    for (let offset = 0; ; offset += pageSize) {
      const body = await read(`list ${name}`, (client) => page(client, { count: pageSize, offset }), signal);
      const { [name]: items, total_items } = fitting(pageSchema, body, `list ${name}`) as Record<
        typeof name,
        Item[]
      > & {
        total_items: number;
      };
      for (const item of items) found.set(item.id, item);
      if (items.length === 0 || offset + pageSize >= total_items) return [...found.values()];
    }
  }

  return {
    audiences: (signal) => all("lists", audienceListSchema, (client, opts) => client.lists.getAllLists(opts), signal),
    templates: async (signal) => {
      const templates = await all("templates", templateSchema, (client, opts) => client.templates.list(opts), signal);
      return templates.filter(({ active }) => active !== false);
    },
    drafts: (signal) =>
      all("campaigns", draftSchema, (client, opts) => client.campaigns.list({ ...opts, status: "save" }), signal),
    createCampaign: async (campaign, signal) => {
      const what = "make a temporary campaign";
      const body = await change(what, (client) => client.campaigns.create(campaignBody(campaign)), signal);
      return fitting(z.object({ id: z.string() }), body, what).id;
    },
    contentHtml: async (campaignId, signal) => {
      const what = `give the content of campaign ${campaignId}`;
      const body = await read(what, (client) => client.campaigns.getContent(campaignId), signal, true);
      return fitting(z.object({ html: z.string().optional() }), body ?? {}, what).html || undefined;
    },
    deleteCampaign: async (campaignId) => {
      const what = `delete campaign ${campaignId}`;
      await change(what, (client) => client.campaigns.remove(campaignId), undefined, true);
    },
  };
}

function campaignBody(campaign: NewCampaign): object {
  return {
    type: "regular",
    recipients: { list_id: campaign.audienceId },
    settings: {
      title: campaign.title,
      subject_line: campaign.subject,
      from_name: campaign.fromName,
      reply_to: campaign.replyTo,
      template_id: campaign.templateId,
    },
  };
}
