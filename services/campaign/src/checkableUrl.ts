import type { Settings } from "@email-agent/shared/domain/configItems.ts";

/** A merge tag or house macro, as written or percent-encoded. */
const recipientValue = /(?:\*(?:\||%7C).*?(?:\||%7C)\*)|(?:(?:\||%7C){2}.+?(?:\||%7C){2})/i;

/**
 * The URL a link can be asked by: without fragment and without query parameters that hold recipient values (tags,
 * macros, the placeholder id), so that no person's data is sent and one page is asked once. Undefined for what is no
 * web link, or leads elsewhere for each recipient.
 */
export function checkableUrl(link: string, settings: Settings): string | undefined {
  const [withoutFragment = ""] = link.trim().split("#", 1);
  const start = withoutFragment.indexOf("?");
  const base = start < 0 ? withoutFragment : withoutFragment.slice(0, start);
  if (!/^https?:\/\//i.test(base) || recipientValue.test(base)) return undefined;
  const kept = (start < 0 ? "" : withoutFragment.slice(start + 1))
    .split("&")
    .filter((parameter) => parameter !== "" && !recipientValue.test(parameter) && !isPlaceholder(parameter, settings));
  const url = URL.parse(kept.length > 0 ? `${base}?${kept.join("&")}` : base);
  if (url === null) return undefined;
  url.username = "";
  url.password = "";
  return url.href;
}

function isPlaceholder(parameter: string, settings: Settings): boolean {
  return parameter === `${settings.registrationParams.participant}=${settings.registrationPlaceholderId}`;
}
