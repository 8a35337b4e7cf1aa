import { escapeHtml } from "@email-agent/shared/domain/template/escaping.ts";
import type { Audience } from "@email-agent/shared/domain/template/mail.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { MailchimpAudience } from "./adapters/mailchimpResources.ts";

/** The one audience of that name. Throws AppError `configuration` if there is none or there are several. */
export function audienceNamed(name: string, audiences: readonly MailchimpAudience[]): MailchimpAudience {
  const found = audiences.filter((audience) => audience.name === name);
  if (found.length === 1) return found[0]!;
  const problem = found.length === 0 ? "has no audience" : `has ${found.length} audiences`;
  throw new AppError(
    "configuration",
    `Mailchimp ${problem} named "${name}": MAILCHIMP_AUDIENCE must be the exact name of one.`,
  );
}

/** What fills the LIST tags: contact, permission reminder and default sender of the audience, as Mailchimp shows them. */
export function audienceValues({ name, contact, ...audience }: MailchimpAudience): Audience {
  const region = [contact.state, contact.zip].filter((part) => part !== "").join(" ");
  const place = [contact.city, region].filter((part) => part !== "").join(", ");
  const lines = [contact.address1, contact.address2, place, contact.country].filter((line) => line !== "");
  return {
    name,
    company: contact.company,
    description: audience.permission_reminder,
    address: [contact.company, ...lines].filter((line) => line !== "").join(", "),
    addressHtml: [contact.company, ...lines]
      .filter((line) => line !== "")
      .map(escapeHtml)
      .join("<br>"),
    phone: contact.phone,
    email: audience.campaign_defaults.from_email,
    // Mailchimp's API has no website of an audience; its public page is the sign-up form.
    url: audience.subscribe_url_short,
  };
}
