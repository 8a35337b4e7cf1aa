import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Documents } from "@email-agent/shared/adapters/documents.ts";
import type { Events } from "@email-agent/shared/adapters/events.ts";
import { accountEventFault } from "@email-agent/shared/domain/delivery/accountEvents.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { loadSurroundings, mailSettings } from "@email-agent/shared/run/loadContent.ts";
import type { StepHandler } from "@email-agent/shared/run/stepRun.ts";
import type { LinkFetcher } from "../adapters/linkFetcher.ts";
import { checkContents } from "../checkContents.ts";
import { withOwnMedia } from "../ownMedia.ts";
import { type ParentContentPorts, parentContent } from "../parentContent.ts";
import { failedResult, publishedResult } from "../prepareResult.ts";
import { publish } from "../publish.ts";
import { storeDrafts } from "../storeDrafts.ts";
import { type TemplateContentPorts, templateContent } from "../templateContent.ts";

export interface PreparePorts extends ParentContentPorts, TemplateContentPorts {
  readonly config: ConfigTable;
  readonly events: Events;
  readonly documents: Documents;
  readonly links: LinkFetcher;
  readonly settings: {
    readonly EMAIL_FROM: string;
    /** Empty without Mailchimp. */
    readonly MAILCHIMP_REPLY_TO: string;
    readonly PUBLIC_BASE_URL: string;
    readonly PROFILE_URL: string;
    readonly REGISTRATION_HASH_SECRET: string;
    readonly DEFAULT_PREVIEW_TEXT: string;
  };
}

/**
 * Prepare: takes the content of every enabled language from the parent order, else the bucket, Mailchimp or a local
 * file, checks all of them, and publishes all of them or none. What it does not publish is kept as drafts for review.
 */
export function prepare(ports: PreparePorts): StepHandler {
  return async (run) => {
    const { order, signal } = run;
    const [surroundings, account] = await Promise.all([
      loadSurroundings(ports, order),
      ports.config.account(order.account),
    ]);
    const { loaded } = surroundings;
    const foreign = account && accountEventFault(account, order.eventCode);
    if (foreign) throw new AppError("configuration", foreign);
    // The values of the tags LIST come with the content.
    const settings = mailSettings(ports.settings, surroundings, order.subEvent, account);
    signal.throwIfAborted();
    const { contents, remarks } =
      (await parentContent(ports, order, loaded.stage, signal)) ?? (await templateContent(ports, run, loaded));
    const links = withOwnMedia(ports.links, ports.documents, ports.settings);
    const preview = ports.settings.DEFAULT_PREVIEW_TEXT;
    const findings = await checkContents(links, run, loaded, settings, contents, preview);
    if (findings.some(({ severity }) => severity === "error")) {
      await storeDrafts(ports.documents, run, contents, findings);
      return failedResult(findings, remarks);
    }
    const published = await publish(ports, run, contents, findings);
    return publishedResult(published, findings, remarks);
  };
}
