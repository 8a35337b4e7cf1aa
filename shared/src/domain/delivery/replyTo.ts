import type { Account } from "../account.ts";

export interface ReplyToConfig {
  readonly EMAIL_FROM: string;
  /** Empty where Mailchimp is not used. */
  readonly MAILCHIMP_REPLY_TO: string;
}

/** The address replies go to: the account's own, else the general one, else the address in From. */
export function replyToOf(
  account: Partial<Pick<Account, "replyTo" | "fromAddress">> | undefined,
  config: ReplyToConfig,
): string {
  return account?.replyTo || config.MAILCHIMP_REPLY_TO || account?.fromAddress || config.EMAIL_FROM;
}
