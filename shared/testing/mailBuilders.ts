import { compileMail } from "../src/domain/template/compileMail.ts";
import type { Audience, CompiledMail, MailSettings, MailSource, Recipient } from "../src/domain/template/mail.ts";
import type { Detail } from "../src/domain/workOrder.ts";
import { anEvent, aParticipant, someSettings } from "./builders.ts";

/** Valid by default, and fitting to builders.ts; each takes the fields the test is about. */

export function aMailSource(fields: Partial<MailSource> = {}): MailSource {
  return { language: "EN", subject: "News", previewText: "", html: "<p>Hello</p>", ...fields };
}

function anAudience(fields: Partial<Audience> = {}): Audience {
  return {
    name: "Friends of the House",
    company: "The House",
    description: "You are on our list.",
    address: "1 River Lane, Town",
    addressHtml: '<div class="adr">1 River Lane<br>Town</div>',
    phone: "+44 20 0000",
    email: "list@example.org",
    url: "https://www.example.org/",
    ...fields,
  };
}

/** Everything is configured, and no one took the oath. */
export function someMailSettings(fields: Partial<MailSettings> = {}): MailSettings {
  return {
    event: anEvent(),
    subEvent: "weekend",
    prompts: [],
    settings: someSettings({ mergeFields: { COUNTRY: "country" } }),
    audience: anAudience(),
    replyTo: "coordinator@example.org",
    configured: { unsubscribe: true, archive: true, profile: true, hash: true },
    oathed: () => false,
    ...fields,
  };
}

export function aRecipient(fields: Partial<Recipient> = {}): Recipient {
  return {
    participant: aParticipant(),
    now: Date.UTC(2026, 10, 3, 14, 5, 9),
    unsubscribeUrl: "https://mail.example.org/u/token?a=1&b=2",
    profileUrl: "https://profile.example.org/?id=1",
    archiveUrl: "https://mail.example.org/view/token",
    hash: "0a1b2c",
    archivePage: false,
    ...fields,
  };
}

/** Compiles or fails the test with all findings. */
export function compiled(source: Partial<MailSource>, settings: Partial<MailSettings> = {}): CompiledMail {
  const { mail, findings } = compileMail(aMailSource(source), someMailSettings(settings));
  if (!mail) throw new Error(findings.map(({ line, column, text }) => `${line}:${column} ${text}`).join("\n"));
  return mail;
}

/** The rendered HTML of a source. */
export function html(source: string, settings: Partial<MailSettings> = {}, recipient: Partial<Recipient> = {}): string {
  return compiled({ html: source }, settings).render(aRecipient(recipient)).html;
}

/** The findings of a source of HTML. */
export function faults(source: string, settings: Partial<MailSettings> = {}): Detail[] {
  return compileMail(aMailSource({ html: source }), someMailSettings(settings)).findings;
}

/** A recipient with these fields of a participant. */
export function person(fields: Parameters<typeof aParticipant>[0]): Pick<Recipient, "participant"> {
  return { participant: aParticipant(fields) };
}
