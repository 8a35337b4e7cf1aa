import { mailchimpBadges } from "@email-agent/shared/domain/content/mailchimpBadge.ts";

/**
 * Removes Mailchimp's referral badges and the elements around them that hold nothing else; everything outside of them
 * stays to the byte. A badge that cannot be separated from its surroundings stays with a QA warning (see badgeFindings).
 */
export function removeBadge(html: string): string {
  let kept = "";
  let position = 0;
  for (const { start, end } of mailchimpBadges(html).filter(({ removable }) => removable)) {
    kept += html.slice(position, Math.max(position, start));
    position = Math.max(position, end);
  }
  return kept + html.slice(position);
}
