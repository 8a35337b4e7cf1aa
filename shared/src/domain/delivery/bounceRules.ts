import { accountLimits } from "./replies/accountLimits.ts";
import type { BounceRule } from "./replies/bounceRule.ts";
import { contentReplies } from "./replies/contentReplies.ts";
import {
  fullMailboxes,
  passingRecipientReplies,
  recipientRefusals,
  retryInvitations,
} from "./replies/mailboxReplies.ts";
import { passingSenderReplies, policyReplies, senderReplies } from "./replies/senderReplies.ts";
import { authenticationReplies, busyServerReplies } from "./replies/serverReplies.ts";
import { unknownUsers } from "./replies/unknownUsers.ts";

/**
 * The rules that classify SMTP replies (soft bounce, hard bounce, greylisting, rate limit, block), most specific first:
 * the first match wins, and only a reply without a match is classified by its code and SMTP command. A new provider text
 * is one more entry, with the reply it was seen in.
 *
 * The order matters: temporary deferrals of a recipient come before every limit, the sender's limits before the
 * mailbox's, the sender's address before the recipient's, and what is certain before what a code only hints at.
 */
export const bounceRules: readonly BounceRule[] = [
  ...passingRecipientReplies,
  ...accountLimits,
  ...authenticationReplies,
  ...fullMailboxes,
  ...passingSenderReplies,
  ...busyServerReplies,
  ...senderReplies,
  ...unknownUsers,
  ...retryInvitations,
  ...recipientRefusals,
  ...contentReplies,
  ...policyReplies,
];
