import type { Account } from "@email-agent/shared/domain/configItems.ts";

/** The keys of an account in Redis, in the order the scripts expect. */
export function accountKeys({ name }: Pick<Account, "name">): string[] {
  // Braces mark what a cluster places keys by; a name's own would cut the mark short.
  const mark = `limit:{${encodeURIComponent(name)}}`;
  return [`${mark}:account`, `${mark}:buckets`, `${mark}:slots`, `${mark}:soft`, `${mark}:queue`];
}
