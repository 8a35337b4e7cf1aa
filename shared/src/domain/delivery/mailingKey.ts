import { ConfigurationError } from "../configurationError.ts";

/** What identifies one mailing in one language. */
export interface MailingKeyParts {
  readonly eventCode: string;
  readonly subEvent: string;
  readonly stage: string;
  readonly revision?: number | undefined;
  readonly language: string;
}

const separator = "_";

/** One part of a mailing key: no underscore, so that the key splits back without ambiguity. */
export const keyPartPattern = /^[A-Za-z0-9-]+$/;

/** True if `text` may be a part of a mailing key: letters, digits and hyphens only. */
export function isKeyPart(text: string): boolean {
  return keyPartPattern.test(text);
}

/**
 * `eventCode_subEvent_stage_LANG`, or `eventCode_subEvent_stage_revision_LANG`.
 * Throws ConfigurationError naming a part that holds anything but letters, digits and hyphens.
 */
export function mailingKey(order: Omit<MailingKeyParts, "language">, language: string): string {
  const { eventCode, subEvent, stage, revision } = order;
  const parts: [string, string][] = [
    ["event code", eventCode],
    ["sub-event", subEvent],
    ["stage", stage],
    ...(revision === undefined ? [] : ([["revision", String(revision)]] as [string, string][])),
    ["language", language],
  ];
  for (const [name, text] of parts) {
    if (!isKeyPart(text)) {
      throw new ConfigurationError(`The ${name} "${text}" may hold letters, digits and hyphens only.`);
    }
  }
  return parts.map(([, text]) => text).join(separator);
}

/** The parts of a mailing key (four, or five with a revision); undefined if it is none. */
export function splitMailingKey(key: string): MailingKeyParts | undefined {
  const parts = key.split(separator);
  if ((parts.length !== 4 && parts.length !== 5) || !parts.every(isKeyPart)) return undefined;
  const [eventCode, subEvent, stage] = parts as [string, string, string];
  const language = parts.at(-1)!;
  if (parts.length === 4) return { eventCode, subEvent, stage, language };
  return /^\d+$/.test(parts[3]!) ? { eventCode, subEvent, stage, revision: Number(parts[3]), language } : undefined;
}

/** Where the deliveries of a Test are kept: `~` cannot occur in a mailing key, so a test never marks a person as reached. */
export function testPartition(key: string, runId: string): string {
  return `${key}~${runId}`;
}
