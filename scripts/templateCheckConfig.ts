import { readFileSync } from "node:fs";
import { checkConfigSchema } from "../shared/src/domain/content/checkConfigSchema.ts";
import type { ContentRules } from "../shared/src/domain/content/contentRules.ts";
import type { Participant } from "../shared/src/domain/recipients/participant.ts";
import type { MailSettings, Recipient } from "../shared/src/domain/template/mail.ts";

/** What a template is checked with, and the person it is rendered for. */
export interface CheckConfig {
  readonly settings: MailSettings;
  readonly rules: ContentRules;
  readonly recipient: Recipient;
}

/**
 * Reads the JSON file of the option `--config`; without one, an example organisation.
 *
 * @throws Error with one sentence that names the file and what is wrong in it
 */
export function checkConfig(path: string | undefined): CheckConfig {
  const read = checkConfigSchema.safeParse(path === undefined ? {} : jsonOf(path));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`The configuration ${path} is wrong at ${issue!.path.join(".") || "its top"}: ${issue!.message}.`);
  }
  const { event, prompts, settings, audience, replyTo, person, order } = read.data;
  const subEvent = read.data.subEvent ?? Object.keys(event.subEvents)[0] ?? "main";
  const configured = { unsubscribe: true, archive: true, profile: true, hash: true };
  return {
    settings: { event, subEvent, prompts, settings, audience, replyTo, configured, oathed: () => false },
    rules: order,
    recipient: recipientOf(person),
  };
}

function jsonOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Error(`The configuration ${path} cannot be read: name an existing JSON file.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The configuration ${path} is no JSON: ${(error as Error).message}.`);
  }
}

function recipientOf(participant: Participant): Recipient {
  return {
    participant,
    now: Date.now(),
    unsubscribeUrl: "https://mail.example.org/u/EXAMPLE",
    profileUrl: "https://example.org/profile?id=EXAMPLE",
    archiveUrl: "https://mail.example.org/view/EXAMPLE",
    hash: "EXAMPLE",
    archivePage: false,
  };
}
