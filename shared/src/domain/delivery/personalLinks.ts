import { registrationHash } from "../template/registrationHash.ts";
import {
  type PublicTokenPurpose,
  type PublicTokenSubject,
  signPublicToken,
  withoutPublicTokens,
} from "./publicToken.ts";

/** The environment variables that personal links are made from; an empty one means: not configured. */
export interface LinkConfig {
  readonly PUBLIC_BASE_URL: string;
  readonly PUBLIC_TOKEN_SECRET: string;
  readonly PROFILE_URL: string;
  /** 64 hex digits. */
  readonly REGISTRATION_HASH_SECRET: string;
}

/** Personal values of one recipient; `""` where the variable behind it is not configured. */
export interface PersonalLinks {
  /** `<PUBLIC_BASE_URL>/u/<token>`: GET shows a page, POST unsubscribes (RFC 8058). */
  readonly unsubscribeUrl: string;
  /** `<PUBLIC_BASE_URL>/view/<token>`: the mail in the browser. */
  readonly archiveUrl: string;
  /** `PROFILE_URL` with `id` and `hash`. */
  readonly profileUrl: string;
  /** Lower-case hex HMAC-SHA256 of the participant id, as the registration site checks it. */
  readonly hash: string;
}

/**
 * The personal links of one recipient. `runId` only for a Test, whose deliveries are kept under its run. Throws
 * ConfigurationError if `REGISTRATION_HASH_SECRET` is set but is not 64 hex digits.
 */
export function personalLinks(
  config: LinkConfig,
  participantId: string,
  mailingKey: string,
  runId?: string,
): PersonalLinks {
  const subject = { participantId, mailingKey, ...(runId !== undefined && { runId }) };
  const hash = config.REGISTRATION_HASH_SECRET ? registrationHash(config.REGISTRATION_HASH_SECRET, participantId) : "";
  return {
    unsubscribeUrl: publicUrl(config, "u", "unsubscribe", subject),
    archiveUrl: publicUrl(config, "view", "view", subject),
    profileUrl: config.PROFILE_URL ? profileUrl(config.PROFILE_URL, participantId, hash) : "",
    hash,
  };
}

/**
 * Inert links that a preview shows in place of the personal links. They look the same and open nothing, so that a user
 * who previews a mail never acts for its recipient.
 */
export function inertLinks(config: LinkConfig): PersonalLinks {
  const hash = config.REGISTRATION_HASH_SECRET ? "0".repeat(64) : "";
  return {
    unsubscribeUrl: publicPage(config, "u", () => inert),
    archiveUrl: publicPage(config, "view", () => inert),
    profileUrl: config.PROFILE_URL ? profileUrl(config.PROFILE_URL, inert, hash) : "",
    hash,
  };
}

/** Placeholder for a token or an id; no token has this form. */
const inert = "preview";

/** A preview's text with every working personal link made inert, such as one pasted into a template. */
export function inertText({ PUBLIC_TOKEN_SECRET }: Pick<LinkConfig, "PUBLIC_TOKEN_SECRET">, text: string): string {
  return withoutPublicTokens(PUBLIC_TOKEN_SECRET, text, inert);
}

function publicUrl(config: LinkConfig, path: string, purpose: PublicTokenPurpose, subject: PublicTokenSubject): string {
  return publicPage(config, path, (secret) => signPublicToken(secret, purpose, subject));
}

function publicPage(config: LinkConfig, path: string, tokenOf: (secret: string) => string): string {
  const { PUBLIC_BASE_URL, PUBLIC_TOKEN_SECRET } = config;
  if (!PUBLIC_BASE_URL || !PUBLIC_TOKEN_SECRET) return "";
  return `${PUBLIC_BASE_URL.replace(/\/+$/, "")}/${path}/${tokenOf(PUBLIC_TOKEN_SECRET)}`;
}

function profileUrl(base: string, participantId: string, hash: string): string {
  const query = `id=${encodeURIComponent(participantId)}${hash && `&hash=${hash}`}`;
  const [address = "", fragment] = base.split("#", 2);
  const url = `${address}${address.includes("?") ? "&" : "?"}${query}`;
  return fragment === undefined ? url : `${url}#${fragment}`;
}
