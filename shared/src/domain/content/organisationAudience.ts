import type { Settings } from "../settings.ts";
import { escapeHtml } from "../template/escaping.ts";
import type { Audience } from "../template/mail.ts";

/**
 * What fills the LIST tags of content that comes from no audience of Mailchimp: the setting `organisation`. As Mailchimp
 * shows an audience, the address begins with the name. Undefined while the organisation has no name.
 */
export function organisationAudience({ organisation }: Pick<Settings, "organisation">): Audience | undefined {
  const { name, description, address, phone, email, url } = organisation;
  if (name.trim() === "") return undefined;
  const lines = [name, ...address.split(/\r?\n/)].map((line) => line.trim()).filter((line) => line !== "");
  return {
    ...{ name, company: name, description, phone, email, url },
    address: lines.join(", "),
    addressHtml: lines.map(escapeHtml).join("<br>"),
  };
}
