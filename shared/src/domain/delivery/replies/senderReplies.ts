import { anyOf, type BounceRule, recipientPhases } from "./bounceRule.ts";

const blockLists =
  /\b(rbl|dnsbl|spamhaus|spamcop|sorbs|barracudacentral|surbl|uribl|invaluement|hostkarma|uceprotect|spamrl|abuseat|backscatterer|senderbase|cloudmark|proofpoint)\b|black ?list|block ?list|black listed|blocked using|listes? (noire|rouge)|sperrliste|lista (negra|nera)|schwarze liste|czarn\w+ li\w+|черн\S+ спис|黑名单|(?<!not )listed (at|in|by|on) |poor reputation|bad reputation|low reputation|reputation (score|problem)|senderscore/;
const senderBlocked =
  /\b(ip|(your|this|client|source|sending|sender|connecting|remote) (\S+ )?(ip|host|server|network|mta)|client host)( address)?\b.{0,60}\b(blocked|banned|blacklisted|rejected|refused|denied|forbidden|not allowed|bloquee?|identified as spam|bad)\b|\b(blocked|banned|refused|rejected|blacklisted)\b.{0,30}\b(ip|client host|sending ip|sender)\b|banned send|bad outbound sender|outbound ?spam ?exception|spam abuse detected|(currently|are) sending spam|\b(invalid|bad|forged|bogus) (helo|ehlo)\b|\b(helo|ehlo) (command rejected|(argument|name|host) )|spamming (issues|not allowed)|spam sender|sender is spammer|spammer list|too many spam|bad ip\b|traffic not accepted from this ip|tenant has exceeded threshold|unregistered domains|client host rejected|connections? (will )?(not be |not )accepted|refused to talk|not currently accepting mail from|dynamic ip|open (relay|proxy)|ptr record|reverse dns|rdns|dns ptr|no mail accepted from|access from ip|network,? not allowed|mismatch(es)? client ip|all messages from|^ip[=:]\S+ - a problem occurred/;
const senderAddress =
  /\bsender('s)?( e-?mail)?( address| domain)?( \S+)? (rejected|denied|refused|blocked|not allowed|not owned|verify failed|verification failed|invalid|unknown|does not exist|was rejected|is (not|black|in my)|has been blacklisted|not authenticated|not pre-approved)|sender (verify|verification|callout)|(domain of |unroutable )?sender (address|domain)( \S+)? (does not exist|not found|must)|domain of sender|domain may not exist or dns check failed|mailfrom domain|(invalid|bogus|unknown|bad|unauthenticated|empty) (envelope )?sender|senders? (is |are )?not allowed|from:? (address|header|domain)|mail from (not|refused|command|@ (rejected|refused))|send as (this|denied)|send ?as ?denied|permissions? to send as|not (allowed|permitted|authori[sz]ed) to (send|relay)|not a sender signature|verified sender|sender identity|email address is not verified|address .{0,20}not verified|from:? is not|does not match .{0,20}(authenticated|verified)|mail from .{0,30}mismatch|emetteur invalide|absender\w* .{0,30}(abgelehnt|ungultig|nicht)|remitente .{0,30}(rechazad|no valid)|blank from|domain is (not |un)verified|own(ed)? by user/;
const authenticationResults =
  /\b(dmarc|spf|dkim(?!-signature)|sender policy framework|sender id)\b|unauthenticated (e-?mail|mail|message|sender)|fails? (to pass )?authentication|required authentication level|not have authentication information|arc seal/;
const accountBlocked =
  /\b(your|sender'?s?|sending|smtp) (e-?mail |smtp )?(account|mailbox|access|domain|service)( \S+)? (has been |is |was |temporarily |currently |been )+(blocked|suspended|disabled|locked|deactivated|restricted|paused|banned|not (yet )?activated)|sending (has been |is |was )?(paused|disabled|suspended|blocked)|(suspended|blocked|disabled|restricted) (from|for) sending|not allowed to send|unusual (sending )?activity|account (is )?under review|outgoing mail\b.{0,40}\b(suspended|blocked|disabled)|access to (submit|send)|your access to .{0,40}has been rejected|not authorized to perform|sandbox|compromised/;
const relay =
  /relay(ing)? (access )?(is )?(denied|not permitted|not allowed|prohibited|disallowed)|relaying (mail|to)|unable to relay|(not |no )(permitted to |allowed to )?relay|cannot relay|do not relay|allowed rcpthosts|mail relay denied|credentials for relay|as a relay|configured to relay|not a gateway|unauthori[sz]ed relay|auth(entication)? failed|open relay|^(smtp )?authentication (is )?required( for relay|\W*$)|(turn on|enable|requires?) (smtp )?authentication|smtp authentication (is )?required/;

const sender = [blockLists, senderBlocked, senderAddress, authenticationResults, accountBlocked, relay];
/** A block set by the recipient concerns this recipient only. */
const byRecipient =
  /by (the |this |your )?(recipient(?! domain)|user|addressee)s?\b|marked you as|customer block list|recipient'?s? (policy|preferences)|resolver\.rst|on the target address|mailbox owner|to send to this (recipient|user|mailbox)/;
/** A list of bad links, not of senders. */
const inContent = /(black|block) ?listed (url|link)|(url|link)s? in (the |your |this )?(message|mail)|message contains/;
/** The From header of this message is badly made, which says nothing about who sends it. */
const badlyMade = /(multiple|missing|several)\b.{0,40}\bfrom:? header|multiple addresses/;

/** Refusals of this sender. Three in a row end the run: all other recipients would be refused as well. */
export const senderReplies: readonly BounceRule[] = [
  {
    meaning: "sender-refused",
    class: 5,
    phases: ["mail"],
    example: {
      phase: "mail",
      reply: "553 5.7.1 <noreply@example.com>: Sender address rejected: not owned by user",
      from: "Postfix",
    },
  },
  {
    // Also where the text goes on with "no such user": it is the sender's address that was looked for.
    meaning: "sender-refused",
    class: 5,
    phases: recipientPhases,
    text: anyOf(senderAddress),
    unless: anyOf(byRecipient, badlyMade),
    example: {
      phase: "rcpt",
      reply:
        "550-Verification failed for <noreply@example.com>\n550-The mail server could not deliver mail to noreply@example.com. No such user here\n550 Sender verify failed",
      from: "Exim",
    },
  },
  {
    meaning: "sender-refused",
    class: 5,
    phases: recipientPhases,
    text: anyOf(blockLists, senderBlocked, authenticationResults, accountBlocked, relay),
    unless: anyOf(byRecipient, inContent),
    example: {
      phase: "dot",
      reply:
        "554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Failed to process message due to a permanent exception",
      from: "Microsoft 365",
    },
  },
  {
    meaning: "sender-refused",
    class: 5,
    phases: recipientPhases,
    enhanced: /^5\.1\.[78]$/,
    example: {
      phase: "dot",
      reply: "501 5.1.7 Invalid address",
      from: "Exchange Online",
    },
  },
];

/** Temporary blocks of the sender: the account pauses, and no attempt of a recipient is used. */
export const passingSenderReplies: readonly BounceRule[] = [
  {
    meaning: "throttled",
    class: 4,
    text: anyOf(...sender),
    unless: byRecipient,
    example: {
      phase: "rcpt",
      reply:
        "454 4.7.1 Service unavailable; Client host [203.0.113.7] blocked using dnsbl.sorbs.net; Currently Sending Spam See: http://www.sorbs.net/lookup.shtml?203.0.113.7",
      from: "Postfix",
    },
  },
];

/** Policy of any other kind is against the sender. Tried last. */
export const policyReplies: readonly BounceRule[] = [
  {
    meaning: "sender-refused",
    class: 5,
    phases: recipientPhases,
    enhanced: /^5\.7\.\d+$/,
    example: {
      phase: "rcpt",
      reply: "550 5.7.0 Local Policy Violation",
      from: "zone-mta list",
    },
  },
  {
    meaning: "sender-refused",
    class: 5,
    phases: recipientPhases,
    text: /for policy reasons/,
    example: {
      phase: "rcpt",
      reply: "550 OU-002 Mail rejected by Windows Live Hotmail for policy reasons.",
      from: "Outlook.com",
    },
  },
];
