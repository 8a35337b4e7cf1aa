import { checkContent } from "@email-agent/shared/domain/content/contentCheck.ts";
import { linksToCheck } from "@email-agent/shared/domain/content/linksToCheck.ts";
import type { SettingsThatReset } from "@email-agent/shared/domain/form/orderFields.ts";
import type { MailSettings, MailSource } from "@email-agent/shared/domain/template/mail.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { OrderMailing } from "@email-agent/shared/run/loadMailing.ts";
import type { StepRun } from "@email-agent/shared/run/stepRun.ts";
import type { LinkFetcher } from "./adapters/linkFetcher.ts";
import { checkLinks } from "./checkLinks.ts";
import type { Content } from "./content.ts";

/** One language as it would be mailed. */
interface Candidate {
  readonly source: MailSource;
  readonly settings: MailSettings;
}

/** What QA reads of an order: a change of any of it resets Prepare. */
type CheckedSettings = SettingsThatReset<
  "every step" | "steps with content",
  "languages" | "subjects" | "previewTexts" | "salutationByName" | "regLinkPresent" | "inPerson" | "zoomId"
>;

/**
 * QA of all languages together: the content itself, then its links, each requested once for all languages. Returns every
 * finding, errors first, then by language.
 */
export async function checkContents(
  links: LinkFetcher,
  run: StepRun,
  loaded: OrderMailing,
  settings: MailSettings,
  contents: readonly Content[],
  defaultPreviewText: string,
): Promise<Detail[]> {
  const order: CheckedSettings = run.order;
  const candidates = contents.map(({ language, html, audience }): Candidate => {
    const previewText = order.previewTexts[language] || defaultPreviewText;
    // The subject as mailed; a missing one stays missing whatever the prefix.
    const own = order.subjects[language] ?? "";
    const subject = own.trim() === "" ? "" : `${loaded.stage.prefix[language] ?? ""}${own}`;
    return {
      source: { language, subject, previewText, html },
      settings: { ...settings, ...(audience && { audience }) },
    };
  });
  const findings: Detail[] = [];
  for (const { source, settings: ofLanguage } of candidates) {
    run.signal.throwIfAborted();
    run.report({ message: `Checking ${source.language}` });
    findings.push(...checkContent(source, ofLanguage, { ...order, confirmation: loaded.stage.confirmation }));
  }
  run.report({ message: "Checking the links" });
  const toCheck = candidates.flatMap(({ source, settings: ofLanguage }) => linksToCheck(source, ofLanguage));
  findings.push(...(await checkLinks(toCheck, loaded.settings.linkCheck, links, run.signal)));
  return inOrder(findings, order.languages);
}

/** By severity, then language, then place. */
function inOrder(findings: readonly Detail[], languages: readonly string[]): Detail[] {
  const rank = ({ severity, language }: Detail) =>
    (severity === "error" ? 0 : languages.length) + languages.indexOf(language);
  return [...findings].sort(
    (one, other) =>
      rank(one) - rank(other) || (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
  );
}
