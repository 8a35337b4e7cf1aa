import { type LinkConfig, personalLinks } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { RenderedMail } from "@email-agent/shared/domain/template/mail.ts";
import { RenderError } from "@email-agent/shared/domain/template/renderError.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { MailRun } from "../delivery/mailRun.ts";
import { type MessageConfig, message } from "../smtp/message.ts";
import type { LanguageContent, RunContent } from "./loadRunContent.ts";

export type RenderConfig = LinkConfig & MessageConfig;

export type Rendering =
  | { readonly rendered: RenderedMail; readonly unsubscribeUrl: string }
  | { readonly unrendered: string };

/** Renders the content for one person. `runId` only for a Test, whose links lead to its own deliveries. */
export function renderFor(
  content: LanguageContent,
  participant: Participant,
  config: LinkConfig,
  now: number,
  runId?: string,
): Rendering {
  const links = personalLinks(config, participant.id, content.mailing.mailingKey, runId);
  try {
    const rendered = content.mail.render({ participant, now, ...links, archivePage: false });
    return { rendered, unsubscribeUrl: links.unsubscribeUrl };
  } catch (error) {
    if (error instanceof RenderError) return { unrendered: error.message };
    throw error;
  }
}

/** One language of a run, ready for the delivery engine. A Test keeps its deliveries apart from the mailing's. */
export function mailRun(
  { content, language, config, clock }: { content: RunContent; language: string; config: RenderConfig; clock: Clock },
  run: { readonly order: WorkOrder; readonly runId: string; readonly isTest: boolean; readonly userStarted: boolean },
  partitionOf: (mailingKey: string) => string,
): MailRun {
  const { order, runId, isTest, userStarted } = run;
  const { account } = content;
  const own = content.languages.get(language);
  if (!own) throw new Error(`The order ${order.id} has no language ${language}.`);
  const { mailingKey } = own.mailing;
  return {
    partition: partitionOf(mailingKey),
    runId,
    workOrderId: order.id,
    language,
    account,
    contentHash: own.contentHash,
    userStarted,
    compose(participant) {
      const rendering = renderFor(own, participant, config, clock.now(), isTest ? runId : undefined);
      if ("unrendered" in rendering) return rendering;
      const email = mailAddress(participant.email) ?? "";
      return message({ account, order, mailingKey, runId, isTest, participant, email, ...rendering }, config);
    },
  };
}
