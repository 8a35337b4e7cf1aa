import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { demoAudience } from "../demo/templates.ts";
import type { Values } from "./environmentFiles.ts";

/** The stand-ins for Mailchimp, the sites its mails link to and the mail server, unless `.env` names real ones. */
export interface StandIns {
  readonly mailchimpUrl: string;
  /** `address:port` of the web site. */
  readonly website: string;
  readonly smtp: { readonly host: string; readonly port: number };
}

type Given = Readonly<Record<string, string | undefined>>;

/** A mail account of the operator's own, and who may get real mail. */
export interface RealMail {
  readonly host: string;
  readonly port: number;
  readonly from: string;
  readonly recipients: readonly string[];
}

/**
 * The variables of Mailchimp: those of `.env` as soon as it has one of them, else those of the stand-in (which takes any
 * reply-to address). With a real Mailchimp the links of its templates are real too. Throws one sentence naming what is
 * missing.
 */
export function mailchimpValues(given: Given, standIns: StandIns): Values {
  if (!["MAILCHIMP_API_KEY", "MAILCHIMP_SERVER_PREFIX", "MAILCHIMP_AUDIENCE"].some((name) => given[name]))
    return {
      MAILCHIMP_API_KEY: "local-us1",
      MAILCHIMP_SERVER_PREFIX: "us1",
      MAILCHIMP_AUDIENCE: demoAudience.name,
      MAILCHIMP_REPLY_TO: given["MAILCHIMP_REPLY_TO"] || "office@example.org",
      MAILCHIMP_BASE_URL: standIns.mailchimpUrl,
      LINK_CHECK_HOSTS: `*=${standIns.website}`,
    };
  return allOf(
    given,
    ["MAILCHIMP_API_KEY", "MAILCHIMP_SERVER_PREFIX", "MAILCHIMP_AUDIENCE", "MAILCHIMP_REPLY_TO"],
    "for a real Mailchimp",
  );
}

/**
 * The variables of accounts that name no mail server: the account of `.env` as soon as it names any of it, else the inbox.
 * Throws one sentence naming what is missing or wrong.
 */
export function mailValues(given: Given, standIns: StandIns): { readonly values: Values; readonly real?: RealMail } {
  const { host, port } = standIns.smtp;
  const needed = ["EMAIL_HOST", "EMAIL_FROM", "EMAIL_USERNAME", "EMAIL_PASSWORD", "REAL_MAIL_TO"] as const;
  if (![...needed, "EMAIL_PORT"].some((name) => given[name]))
    return { values: { EMAIL_HOST: host, EMAIL_PORT: String(port) } };
  const { REAL_MAIL_TO, ...values } = allOf(given, needed, "to send real mail");
  const recipients = REAL_MAIL_TO.split(",").map((address) => address.trim());
  const wrong = recipients.find((address) => mailAddress(address) === undefined);
  if (wrong !== undefined)
    throw new Error(`REAL_MAIL_TO must be mail addresses with commas between them; "${wrong}" is none.`);
  const EMAIL_PORT = given["EMAIL_PORT"] || "587";
  const real = { host: values.EMAIL_HOST, port: Number(EMAIL_PORT), from: values.EMAIL_FROM, recipients };
  return { values: { ...values, EMAIL_PORT }, real };
}

function allOf<Name extends string>(given: Given, names: readonly Name[], purpose: string): Record<Name, string> {
  const missing = names.filter((name) => !given[name]);
  if (missing.length > 0) throw new Error(`.env lacks ${missing.join(", ")}, which is needed ${purpose}.`);
  return Object.fromEntries(names.map((name) => [name, given[name]])) as Record<Name, string>;
}
