import { dateFormatter } from "./dateFormat.ts";
import { percentEncode } from "./escaping.ts";
import type { Audience, MailSettings } from "./mail.ts";
import type { Value } from "./templateNodes.ts";
import { constant, ofParticipant, type Parsing, problem, textAtPath } from "./vocabulary.ts";

type Found = Value | { is: "problem"; text: string };

const listTags: Record<string, keyof Audience> = {
  "LIST:NAME": "name",
  "LIST:COMPANY": "company",
  "LIST:DESCRIPTION": "description",
  "LIST:ADDRESS": "address",
  "LIST:ADDRESSLINE": "address",
  "LIST:PHONE": "phone",
  "LIST:EMAIL": "email",
  "LIST:URL": "url",
  "HTML:LIST_ADDRESS_HTML": "addressHtml",
};

const forms: Record<string, (text: string) => string> = {
  UPPER: (text) => text.toUpperCase(),
  LOWER: (text) => text.toLowerCase(),
  TITLE: (text) => text.toLowerCase().replace(/(?<![\p{L}\p{N}'’])\p{L}/gu, (letter) => letter.toUpperCase()),
  URL: percentEncode,
};

/** Mailchimp features that work on its own data or run while it sends. */
const unsupported =
  /^(?:(?:RSS|FEED|PRODUCT|RECOMMEND|POLL|SURVEY|SHARE|PROMO|COUPON|INTERESTED|GROUPS?|CART|ORDER)\w*|FORWARD|ABUSE_EMAIL|FACEBOOK|TWITTER|INSTAGRAM|LINKEDIN|SOCIAL|GOOGLE_PLUSONE|TRANSLATE|YOUTUBE|VIMEO|BLIP|HOWCAST|EVENT|EEPURL|UNIQID|CAMPAIGN_UID|MC|ARCHIVE_LINK_SHORT|USER|LIST|HTML|BLOCK|BEGIN|END)(?=[:_]|$)/;

/** The value of a merge tag, given as written between `*|` and `|*`, or why there is none. */
export function mergeTagValue(tag: string, parsing: Parsing): Found {
  const notation = `*|${tag}|*`;
  const form = /^(UPPER|LOWER|TITLE|URL):(.+)$/.exec(tag);
  if (form) return inForm(form[1]!, form[2]!, notation, parsing);
  const { settings } = parsing;
  return (
    personal(tag, notation) ??
    personalLink(tag, notation, settings) ??
    partOfMail(tag, notation, parsing) ??
    date(tag, notation, settings) ??
    ofAudience(tag, notation, settings) ??
    rewards(tag, notation) ??
    mergeField(tag, notation, settings) ??
    unknown(tag, settings)
  );
}

/** True for the tags that are known here and those of Mailchimp that are not, with or without a form such as `UPPER:`. */
export function isMailchimpTag(tag: string, settings: MailSettings): boolean {
  const inner = tag.replace(/^(?:(?:UPPER|LOWER|TITLE|URL):)+/, "");
  return isFixedTag(inner) || Object.hasOwn(settings.settings.mergeFields, inner) || unsupported.test(inner);
}

/** True for a tag whose value no merge field can change. */
export function isFixedTag(tag: string): boolean {
  return /^(?:FNAME|LNAME|EMAIL|UNSUB|UPDATE_PROFILE|ARCHIVE|MC:SUBJECT|MC_PREVIEW_TEXT|CURRENT_YEAR|REWARDS|ABOUT_LIST|DATE:.*)$/.test(
    tag,
  );
}

/** All tags that can be used, for messages. */
function knownTags(settings: MailSettings): string {
  return [
    "FNAME, LNAME, EMAIL",
    ...Object.keys(settings.settings.mergeFields),
    "MC:SUBJECT, MC_PREVIEW_TEXT, UNSUB, UPDATE_PROFILE, ARCHIVE, CURRENT_YEAR, DATE:format",
    ...Object.keys(listTags),
    "REWARDS, UPPER:TAG, LOWER:TAG, TITLE:TAG, URL:TAG, IF:FIELD, ELSEIF:FIELD, ELSE:, IFNOT:FIELD, END:IF",
  ].join(", ");
}

function personal(tag: string, notation: string): Found | undefined {
  if (tag === "FNAME") return ofParticipant(notation, (participant) => participant.first ?? "");
  if (tag === "LNAME") return ofParticipant(notation, (participant) => participant.last ?? "");
  if (tag === "EMAIL") return ofParticipant(notation, (participant) => participant.email ?? "");
  return undefined;
}

function personalLink(tag: string, notation: string, { configured }: MailSettings): Found | undefined {
  const without = (what: string) => problem(`${notation} cannot be filled in: ${what} is not configured.`);
  if (tag === "UNSUB") {
    if (!configured.unsubscribe) return without("the address of the public pages (PUBLIC_BASE_URL)");
    return { kind: "url", notation, read: (scope) => scope.recipient.unsubscribeUrl };
  }
  if (tag === "ARCHIVE") {
    if (!configured.archive) return without("the address of the public pages (PUBLIC_BASE_URL)");
    return { kind: "url", notation, read: (scope) => scope.recipient.archiveUrl };
  }
  if (tag === "UPDATE_PROFILE") {
    if (!configured.profile) return without("the profile page (PROFILE_URL)");
    return { kind: "url", notation, read: (scope) => scope.recipient.profileUrl };
  }
  return undefined;
}

function partOfMail(tag: string, notation: string, { part }: Parsing): Found | undefined {
  if (tag === "MC:SUBJECT") {
    if (part === "subject") return problem(`${notation} cannot be used in the subject itself.`);
    return { kind: "text", notation, read: (scope) => scope.subject };
  }
  if (tag === "MC_PREVIEW_TEXT") {
    if (part !== "html") return problem(`${notation} can be used in the HTML only.`);
    return { kind: "text", notation, read: (scope) => scope.preview };
  }
  return undefined;
}

function date(tag: string, notation: string, { settings }: MailSettings): Found | undefined {
  const format = tag === "CURRENT_YEAR" ? "Y" : tag.startsWith("DATE:") ? tag.slice("DATE:".length) : undefined;
  if (format === undefined) return undefined;
  if (format === "") return problem(`${notation} needs a format such as *|DATE:j F Y|*.`);
  try {
    const at = dateFormatter(format, settings.timeZone);
    return { kind: "text", notation, read: (scope) => at(scope.recipient.now) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return problem(`${notation} cannot be filled in: the setting timeZone "${settings.timeZone}" is no time zone.`);
  }
}

function ofAudience(tag: string, notation: string, { audience }: MailSettings): Found | undefined {
  if (!Object.hasOwn(listTags, tag)) return undefined;
  if (!audience)
    return problem(`${notation} cannot be filled in: enter the organisation's name in the setting organisation.`);
  const kind = tag === "LIST:URL" ? "url" : tag.startsWith("HTML:") ? "html" : "text";
  return constant(notation, audience[listTags[tag]!], kind);
}

function rewards(tag: string, notation: string): Found | undefined {
  return tag === "REWARDS" || tag === "HTML:REWARDS" ? constant(notation, "") : undefined;
}

function mergeField(tag: string, notation: string, { settings }: MailSettings): Found | undefined {
  if (!Object.hasOwn(settings.mergeFields, tag)) return undefined;
  const path = settings.mergeFields[tag]!.split(".");
  return ofParticipant(notation, (participant) => textAtPath(participant, path));
}

function inForm(form: string, tag: string, notation: string, parsing: Parsing): Found {
  const inner = mergeTagValue(tag, parsing);
  if ("is" in inner) return inner;
  const change = forms[form]!;
  if (inner.kind === "html" || (inner.kind !== "text" && form !== "URL")) {
    return problem(`${notation}: *|${tag}|* is no text, so it has no ${form} form.`);
  }
  const kind = form === "URL" ? "encoded" : inner.kind;
  if (inner.constant !== undefined) return constant(notation, change(inner.constant), kind);
  return { kind, notation, read: (scope) => change(inner.read(scope)) };
}

function unknown(tag: string, settings: MailSettings): Found {
  const upper = tag.toUpperCase();
  if (unsupported.test(upper)) {
    return problem(`*|${tag}|* is a Mailchimp feature that is not supported here. Known tags: ${knownTags(settings)}.`);
  }
  const hint = tag !== upper ? " Tags are written in upper case." : "";
  return problem(`Unknown tag *|${tag}|*.${hint} Known tags: ${knownTags(settings)}.`);
}
