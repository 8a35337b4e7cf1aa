import { type BounceRule, recipientPhases } from "./bounceRule.ts";

const day =
  /\b(daily|day|today|24[- ]?(h|hr|hours?)|month(ly)?|diari[oa]|dia|mes|journali\w+|jour|mois|taglich\w*|tag|tages\w*|monat\w*|giorn\w+|mese|dagelijks\w*|dag|daglig\w*|dagens|dzienn\w+|gunluk|denni|napi)\b|сутки|суточн|добов|в день|за день|今天|일일|하루|当日|当天|每天|每日|一日|1日/;
const hourOrLess =
  /\b(hour(ly)?|minutes?|min|seconds?|sec|heures?|stunden?|minuten?|hora|or[ae])\b|в час|минут|小时|分钟|時間|分間/;
/** A sender, or mail. */
const mail =
  /\b(sen[dt](ing|er|s)?|outgoing|outbound|relay(ing)?|submission|messages?|e-?mails?|mails?|recipients?|rcpts|tenant|policy|account|user|domain|ip|nachrichten|correos?|mensa\w+|messaggi|envio\w*|envoi\w*|invio|versand\w*|smtp|uitgaande|berichten|utskick|meddelanden|wysylki|wiadomosci|gonderim\w*|iletis?\w*)\b|发送|发信|发件|邮件|送信|メール|отправ|писем|сообщен|відправ|листів|발송|전송|메일/;
const limit =
  /\b(\w*limits?|limited|quotas?|too many|exceed\w*|excessive|max(imum)?|reached|allowance|cap|throttl\w*|only \d+|limite|depass\w*|superad\w*|excedid\w*|uberschritten|kontingent|superat\w*|exhausted|limiet|limit[eiyu]|trop de|zu viele|demasiad\w+)\b|超过|超出|上限|制限|превыш|перевищ|лимит|ліміт|слишком много|한도|초과/;
/**
 * Limits and blocks that are not of this kind: the subject of the sentence decides. A mailbox may be full or receive too
 * much; but "the mailbox has exceeded its sending limit" is the account again.
 */
const notTheSenders = new RegExp(
  [
    /^(?!.*\b(sending|outgoing|outbound|relay|versand\w*|envoi|envio)\b).*\b((recipient(?! (rate )?limit| count)|mailbox|inbox|destinataire|empfanger|destinatario)('s)?( \S+){0,2} (has|have|is|was|reached|exceed\w*|would|full|over)\b|receiv(e|es|ing) |over ?quota\b|(mailbox|storage|disk) (size |space )?(quota|limit))/,
    /send to this (recipient|mailbox|user)|message size|size limit|too (large|big)|too many messages on (the |your )?server|\bhops?\b|blocked\b.*\b(spam|invalid recipients)|log-?in|auth(entication)? (attempt|failure)/,
  ]
    .map(({ source }) => source)
    .join("|"),
);

const all = (...parts: RegExp[]) => new RegExp(`^${parts.map(({ source }) => `(?=.*(?:${source}))`).join("")}`);

/** Rate limits and quotas of the provider on what the account sends. They say nothing about the recipient. */
export const accountLimits: readonly BounceRule[] = [
  // Before everything else that names a number of messages: here the number is per connection.
  {
    meaning: "session-limit",
    text: /^(?=.*\b(too many|max|maximum|limit|exceeded|reached)\b).*\b(messages?|e?mails?|recipients?|transactions?)\b.{0,40}\b(per|in|for|on|during|this)( (this|the|its|one|a|single|current|your))* (smtp )?(connection|session)\b|\b(messages?|e?-?mails?|nachrichten)\b.{0,20}\b(pro|par|por|per) (verbindung|sitzung|connexion|conexion|sesion|connessione|sessione)\b/,
    example: { phase: "mail", reply: "421 too many messages in this connection", from: "Exim, Amazon SES" },
  },

  // A day comes before an hour: "Daily sending limit exceeded, try again in 3 hours".
  {
    meaning: "daily-limit",
    enhanced: /^5\.4\.5$/,
    example: {
      phase: "dot",
      reply:
        "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n550-5.4.5 sending limits go to\n550 5.4.5  https://support.google.com/a/answer/166852 x1-20020a05gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "daily-limit",
    enhanced: /^[45]\.7\.28$/,
    example: {
      phase: "dot",
      reply:
        "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail. To protect\n421-4.7.28 our users from spam, mail has been temporarily rate limited.\n421 4.7.28 https://support.google.com/mail/answer/81126 gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "daily-limit",
    text: all(day, limit, mail),
    unless: notTheSenders,
    example: {
      phase: "dot",
      reply: "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
      from: "Microsoft 365",
    },
  },
  {
    meaning: "daily-limit",
    text: /submission ?quota ?exceeded|verdict is refusequota|credits? (limit )?(is |are |has been |have been )?(exhausted|exceeded|used up)|(insufficient|not enough|no more) ((e-?mail|sending) )?credits?\b/,
    example: {
      phase: "dot",
      reply:
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message due to a permanent exception with message The message can't be submitted because the sender's submission quota was exceeded.",
      from: "Exchange Online",
    },
  },

  {
    meaning: "throttled",
    text: all(hourOrLess, limit, mail),
    unless: notTheSenders,
    example: {
      phase: "dot",
      reply: "450 4.7.1 <END-OF-MESSAGE>: End-of-data rejected: Number messages per hour exceeded. Error:RATE_MSG",
      from: "Sendgate",
    },
  },
  {
    meaning: "throttled",
    text: /throttling failure|maximum sending rate exceeded/,
    example: { phase: "dot", reply: "454 Throttling failure: Maximum sending rate exceeded.", from: "Amazon SES" },
  },
  {
    meaning: "throttled",
    text: /(sender|outbound) thread limit|concurrent connections? limit exceeded|connection (rate )?limit|too many ((concurrent|simultaneous|smtp|tcp|tls|open) )*(connections|sessions)|trop de connexions/,
    example: {
      phase: "dot",
      reply:
        "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname=DB7PR04MB4876.eurprd04.prod.outlook.com]",
      from: "Exchange Online",
    },
  },
  {
    meaning: "throttled",
    text: /temporarily (deferred due to|rate limited)|rate ?-?limit|frequency limited|excessive volume|unusual rate|too much mail from|too many (messages|e?mails|recipients|recipient attempts|requests|concurrent)|sending (messages |mail )?too (fast|quickly|much|many)|reduce your (sending )?rate|slow(er| down)|(message|sending|sent|mail) rate exceeded|throttl(ed|ing)|(hit|reached) (your )?sending rate/,
    unless: notTheSenders,
    example: {
      phase: "rcpt",
      reply:
        "451 4.7.650 The mail server [203.0.113.7] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S775)",
      from: "Outlook.com",
    },
  },

  {
    // Its text names no period; Plesk counts per hour.
    meaning: "throttled",
    text: /limit on the number of allowed outgoing messages/,
    example: {
      phase: "dot",
      reply:
        "554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing messages was exceeded. Try again later.",
      from: "Plesk",
    },
  },

  // Of an unknown period: waiting an hour at a time outlasts a limit of an hour as well as one of a day, and uses no attempt.
  {
    meaning: "daily-limit",
    text: /\b(send|sending|sender|outgoing|outbound|relay|submission|policy|e-?mail count|message count|messages?|mail send)( \w+){0,3} (limits?|quotas?)( \w+){0,3} (exceed\w*|reached|used up|is over)|(exceed\w*|reached|over|uber\w*|depass\w*) .{0,40}\b(send|sending|sender|outgoing|outbound|relay|submission|versand|envoi|envio)\w*( e-?mails?| mails?| messages?)? ?(limits?|quotas?|\w*limit)|\be?-?mails? limits?( \S+){0,4} (exceeded|reached)|sending (limit|quota)|recipient limit (exceeded|reached)|over (message|mail|email|relay|sending) quota|over your relay quota|quota d'envoi|limite (de|d') ?(envio|envoi|invio)|sendelimit|versandlimit/,
    unless: notTheSenders,
    example: {
      phase: "dot",
      reply: "554 5.7.1 <END-OF-MESSAGE>: End-of-data rejected: Policy rejection; Message count quota exceeded",
      from: "policyd",
    },
  },
  {
    meaning: "daily-limit",
    phases: recipientPhases,
    enhanced: /^[45]\.7\.\d+$/,
    text: /quota exceeded|exceed\w* .{0,20}quota|over quota/,
    unless: /mailbox|inbox|recipient (has|is|over)|(user|account) (is )?over|storage|disk/,
    example: { phase: "rcpt", reply: "550 5.7.1 Email quota exceeded.", from: "Gmail" },
  },
];
