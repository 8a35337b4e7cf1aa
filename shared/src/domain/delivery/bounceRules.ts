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
 * The rules, most specific first: the first that matches wins, and only a reply that none knows is judged by its code
 * and the command it answers. A new provider text is one more entry, with the reply it was seen in.
 *
 * The order is part of the rules: whoever waits for a while comes before every limit, the sender's limits before the
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
