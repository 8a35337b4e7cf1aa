import { headerValue, type ReceivedMail } from "./receivedMail.ts";

/** What a mail is that reports no bounce and no complaint. */
export type OtherMail =
  | "delay warning"
  | "delivery confirmation"
  | "feedback that is no complaint"
  | "read receipt"
  | "report about the domain"
  | "automatic reply"
  | "challenge"
  | "note of a mailing list"
  | "mail";

interface OtherRule {
  readonly is: OtherMail;
  readonly subject?: RegExp;
  readonly text?: RegExp;
  readonly header?: readonly [name: string, value: RegExp];
  readonly part?: RegExp;
}

/** Certain by their form: read before any format of reports. The first that matches counts. */
const byForm: readonly OtherRule[] = [
  { is: "read receipt", part: /^message\/(global-)?disposition-notification$/ },
  { is: "read receipt", header: ["content-type", /report-type="?disposition-notification/i] },
  { is: "report about the domain", subject: /^\s*(\[preview\] )?report domain:/i },
  { is: "report about the domain", part: /^application\/tlsrpt\+/ },
  { is: "report about the domain", header: ["tls-report-domain", /\S/] },
  { is: "automatic reply", header: ["x-autoreply", /\S/] },
  { is: "automatic reply", header: ["x-autorespond", /\S/] },
  { is: "automatic reply", header: ["precedence", /auto_?reply/i] },
  {
    is: "automatic reply",
    subject:
      /^(re:\s*)?(auto(matic|matische|matisk|mated)?[- ]?(reply|antwort|response|respons|svar|antwoord)|out of (the )?office|abwesen|ich bin (derzeit|bis|vom|nicht)|urlaub|r.ponse automatique|absence|absent|je suis absent|respuesta autom|fuera de (la )?oficina|risposta automatica|fuori (sede|ufficio)|resposta autom|ausencia|aus.ncia|afwezig|automatisch antwoord|fr.nvaro|frav.r|poissa|autom(atick|aattinen|atyczna|atikus)|nieobecno|tavollét|автоответ|自動(返信|応答)|自动(回复|答复)|away (until|from)|vacation)/i,
  },
  { is: "note of a mailing list", subject: /awaits moderator approval|^you .{3,320} are not member/i },
];

/** Less certain, so a known format of reports comes before. */
const byWords: readonly OtherRule[] = [
  {
    is: "challenge",
    text: /(confirm|verify|authenticate) (that )?(you are|your (e-?mail|address|message|identity))|(click|visit)[^\n]{0,80}(so that|to (have|get|let|allow))[^\n]{0,60}deliver|(spamarrest|boxbe|sendio|choicemail|challenge[- ]response|tmda)/i,
  },
  { is: "automatic reply", header: ["auto-submitted", /^auto-(replied|generated|notified)/i] },
  { is: "automatic reply", header: ["x-auto-response-suppress", /\S/] },
];

/** What the mail is by its form; undefined if that leaves open whether it is a report. */
export function otherByForm(mail: ReceivedMail): OtherMail | undefined {
  return byForm.find((rule) => isMatch(rule, mail))?.is;
}

export function otherByWords(mail: ReceivedMail): OtherMail | undefined {
  return byWords.find((rule) => isMatch(rule, mail))?.is;
}

function isMatch({ subject, text, header, part }: OtherRule, mail: ReceivedMail): boolean {
  return (
    (!subject || subject.test(mail.subject.slice(0, 300))) &&
    (!text || text.test(mail.text.slice(0, 3000))) &&
    (!header || header[1].test(headerValue(mail.headers, header[0]))) &&
    (!part || mail.parts.some(({ type }) => part.test(type)))
  );
}

const automaticSenders =
  /mailer-?daemon|post_?master|mdaemon|mail[.-]?(delivery|system|robot)|delivery|no-?reply|donotreply|sys(tem|admin)|bounce|smtp_|imss|gateway|^<?>?$/i;
const reportSubjects =
  /undeliver|undelivered|returned mail|delivery (status|fail|problem|report|notification|error)|(mail|message|e-?mail) (delivery|error|failure|could not|cannot|system)|delivery has failed|failure (notice|delivery)|failed (mail|delivery)|could not (be )?deliver|not delivered|non[ -]remis|unzustellbar|nicht zugestellt|zustell|non recapitat|mancata consegna|no entregad|n.o entregue|onbestelbaar|nie dostarczon|не доставлен|недоставлен|退信|投递|error sending/i;
const replies = /^\s*(re|aw|fwd?|wg|sv|vs|tr|antw|rv|odp|r|rif|enc|vb|doorst)\s*(\[\d+\])?:/i;

/**
 * True if a mail may be a report, and no letter of a person who quotes one: it has no sender, one that is no person, or marks
 * itself as automatic.
 */
export function isAutomatic({ from, subject, headers }: ReceivedMail): boolean {
  if (automaticSenders.test(from)) return true;
  if (replies.test(subject)) return false;
  return (
    /^\s*<?\s*>?\s*$/.test(headers.find(({ key }) => key === "return-path")?.value ?? "?") ||
    headerValue(headers, "x-failed-recipients") !== "" ||
    reportSubjects.test(subject)
  );
}

/** True if the mail seems to be a report about a mail that did not arrive. */
export function seemsReport(mail: ReceivedMail): boolean {
  const contentType = headerValue(mail.headers, "content-type");
  if (/report-type="?delivery-status/i.test(contentType)) return true;
  return isAutomatic(mail) && (reportSubjects.test(mail.subject) || /mailer-?daemon/i.test(mail.from));
}
