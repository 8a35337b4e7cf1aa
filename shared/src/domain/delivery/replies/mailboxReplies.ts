import { type BounceRule, recipientPhases } from "./bounceRule.ts";

/** Soft bounces, greylisting among them: the recipient is unreachable for now, whatever the code says. */
export const passingRecipientReplies: readonly BounceRule[] = [
  {
    meaning: "try-later",
    text: /gr[ea]y-?list/,
    example: {
      phase: "rcpt",
      reply: "550 5.7.1 <ana@example.org>: Recipient address rejected: Greylisted for 5 minutes",
      from: "SQLgrey",
    },
  },
  {
    meaning: "try-later",
    phases: recipientPhases,
    text: /\b(recipient|user|mailbox|account)\b.{0,40}\breceiv(e|es|ing)\b.{0,30}\b(rate|quickly|limit|per hour|too many)|recipient has exceeded (their |its |the )?(limit|message rate|rate)|can send to this (recipient|mailbox|user)|recipient'?s? (thread|per hour|message receive) limit|too many recent messages/,
    example: {
      phase: "rcpt",
      reply:
        "550-5.2.1 The user you are trying to contact is receiving mail at a rate that\n550-5.2.1 prevents additional messages from being delivered. For more\n550-5.2.1 information, please visit\n550 5.2.1 https://support.google.com/mail/?p=ReceivingRatePerm - gsmtp",
      from: "Gmail",
    },
  },
];

/** A permanent code with a text that asks to try again. */
export const retryInvitations: readonly BounceRule[] = [
  {
    meaning: "try-later",
    class: 5,
    phases: recipientPhases,
    text: /(try|retry|come back|essayer|resend)( your message)?( again)? (it )?(later|plus tard|after|in \d+|at a later)|temporarily (unavailable|deferred|rejected|unable)|temporary (failure|error|problem|local)/,
    unless: /will not succeed|permanent/,
    example: {
      phase: "dot",
      reply: "550 5.5.0 Service refuse. Veuillez essayer plus tard. service refused, please try later. LPN005_510",
      from: "La Poste",
    },
  },
];

/** A full mailbox (soft bounce), by the text of the reply or by its code alone. */
export const fullMailboxes: readonly BounceRule[] = [
  {
    meaning: "mailbox-full",
    phases: recipientPhases,
    text: /\b(mail ?box|inbox|mail ?folder|mail ?dir|user|account|recipient|quota|storage|disk|space)\b.{0,60}\b(is |was |currently |almost )*(full|over ?quota|over (the |its |their |disk |allowed |storage )*(quota|limit)|out of (storage )?space)\b|\b(full (mail ?box|inbox)|over ?quota|out of (storage )?space|not enough (storage )?space|insufficient (disk|mailbox|storage) ?space|no space left|exceeded (the )?(storage|mailbox|disk|quota)|(exceed\w*|reached) (its |their |the |his |allowed |maximum |allotted )*(mail ?box |disk |storage |mail )*(quota|storage|space|size)|(quota|storage|space) (is |was |has been |usage |limit |allocation |size )*(exceeded|full|reached|violation)|quota violation|size limit exceeded|mailbox would exceed|has been used up|too much mail data|too many messages on (the )?server|mailbox exceed(s|ed) (the |its )?(local |allowed )*(limit|size))\b/,
    unless:
      /message (size )?(exceeds|is) |message size|sending|outgoing|outbound|size of (your|the|this) message|message too/,
    example: {
      phase: "rcpt",
      reply: "552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]",
      from: "Orange",
    },
  },
  {
    meaning: "mailbox-full",
    phases: recipientPhases,
    text: /\b(boite\b.{0,40}\bpleine|quota\b.{0,40}\bdepass|espace (disque )?insuffisant|zu ?viele (e-?)?(mails|nachrichten) auf dem server|postfach\b.{0,40}\b(voll|uberfullt)|(postfach|speicher|quota|kontingent)\w*\b.{0,40}\b(uberschritten|erschopft|ausgeschopft)|(buzon|casilla|bandeja)\b.{0,40}\b(llen[oa]|excedid\w+)|(cuota|espacio)\b.{0,40}\b(excedid\w+|superad\w+|agotad\w+|insuficiente)|casella\b.{0,40}\bpien[ao]|quota\b.{0,20}\bsuperat\w|spazio\b.{0,30}\besaurito|caixa\b.{0,40}\b(cheia|lotada)|cota\b.{0,20}\bexcedid\w|skrzynka\b.{0,40}\b(pelna|przepelniona)|(brievenbus|mailbox|inbox|postbus)\b.{0,20}\bvoll?\b|megtelt|(casuta|mailbox)\b.{0,30}\bplina?\b|\btaynna\b|posta kutusu\b.{0,30}\bdolu|(schranka|postovni)\b.{0,40}\bpln\w)|ящик\S* .{0,40}(переполнен|заполнен)|переполнен|превышена? .{0,20}квот|квот\S* .{0,30}превышен|(邮箱|信箱|郵箱|收件人).{0,20}(已?满|已?滿|超过|空间不足|容量)|メールボックス.{0,20}(いっぱい|一杯|満杯|容量|フル)|容量.{0,12}(超え|超過|オーバー)|사서함.{0,20}(가득|초과|꽉)|용량.{0,12}초과/,
    example: {
      phase: "rcpt",
      reply: "552 5.2.2 Das Postfach des Empfängers ist voll",
      from: "German providers",
    },
  },
];

/** The mailbox, its owner or its domain refuses. Matched last among the rules about the recipient, as many texts are vague. */
export const recipientRefusals: readonly BounceRule[] = [
  {
    meaning: "recipient-refused",
    class: 5,
    phases: recipientPhases,
    text: /\b(mail ?box|account|user|recipient|customer|address(ee)?)\b.{0,60}\b(disabled|deactivated|suspended|inactive|in-?activity|not active|locked|frozen|expired|closed|discontinued|archived|bloque|unavailable|restricted|refuses?|rejects?)\b|(inactive|disabled|suspended|expired|deactivated) (e-?mail )?(user|account|mail ?box|recipient|email address)|boite\b.{0,30}\barchivee|unrout(e)?able|not accepting (any )?(mail|messages)|is not accepting|no longer accepts mail|currently suspended/,
    unless: /sender|your (account|ip|address|server)|sending/,
    example: {
      phase: "rcpt",
      reply:
        "550-5.2.1 The email account that you tried to reach is disabled. Learn more at\n550 5.2.1 https://support.google.com/mail/?p=DisabledUser - gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "recipient-refused",
    class: 5,
    phases: recipientPhases,
    text: /(rejected|blocked|blacklisted|refused) by (the |this |your )?(recipient|user|addressee|mailbox owner)s?|(recipient|user|owner) (has |have )?(blocked|rejected|refused) (you|your|mail|messages)\b|not (allowed|permitted|authori[sz]ed) to receive|recipient'?s? (policy|preferences|rules)|user rules|on the target address|resolver\.rst|authori[sz]ed to send to this|not ?authorized to (this|the) recipient|delivery not authorized|not in allowed-senders|customer block list|(only accepts?|accepts? (mail|messages) only)\b.{0,30}\b(from|specific)|marked you as|(recipient|user|mailbox) is not accepting (mail|messages) from|members?-only|not (allowed|permitted) to post|closed mailing list|senderfilterconfig|bad ?rcptto|organizational settings|does not accept mail|null ?mx|authentication required for this recipient|mailbox delivery (restricted|failure) .{0,12}policy/,
    example: { phase: "rcpt", reply: "550 5.7.1 Policy rejection on the target address", from: "Yandex" },
  },
  {
    meaning: "recipient-refused",
    class: 5,
    phases: recipientPhases,
    text: /recipient address rejected|requested (mail )?action (not taken|aborted).{0,4} mailbox unavailable|(recipient|mailbox) (is |temporarily )?(unavailable|not available|rejected|refused)|mailbox unavailable|#?5\.1\.0 address rejected|^address rejected/,
    unless: /client host|blocked using|sender|poli(cy|tique)|\bip\b|spf|dmarc|dkim/,
    example: { phase: "rcpt", reply: "550 <ana@ne.auone-net.jp>: Recipient address rejected.", from: "au" },
  },
  {
    // A code about this mailbox or address, whatever the words.
    meaning: "recipient-refused",
    class: 5,
    phases: recipientPhases,
    enhanced: /^5\.(2\.[01245]|1\.[03459])$/,
    unless:
      /sender|from|emetteur|dmarc|\bspf|dkim|spam|virus|mail rejected|\bip\b|blocked using|storedrv|content filter/,
    example: { phase: "dot", reply: "521 5.2.1 :  AOL will not accept delivery of this message.", from: "AOL" },
  },
];
