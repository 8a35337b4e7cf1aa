import { anyOf, type BounceRule, recipientPhases } from "./bounceRule.ts";

const who =
  "(user|recipient|mail ?box|account|address|addressee|person|alias|customer|local[- ]part|mail ?drop|email address|e-mail address|email account|userid|user id|username)";
const unknown =
  "(unknown|not known|not found|not recognized|could not be found|couldn't be found|(was |is )?not found|(does not|doesn't|did not|do not|don't) exist|doesnt exist|does not exsist|not exists?|nonexistent|non-existent|non existent|no longer exists|not present|not listed|unallocated|no longer on server|is terminated)";

const words = [
  `\\bno such (an? )?(\\w+ )?(${who}|name|mailbox)\\b`,
  `\\b${who}s?\\b['"]?( name)?( [<(\\[]?\\S*@\\S*)?[>)\\]]?:?( \\S+){0,2}? ?(is |was |has been |are |were )?(currently |an? )?${unknown}`,
  `\\b(unknown|nonexistent|non-existent|non existent) (or illegal |or invalid |virtual |local |e-?mail )?${who}\\b`,
  `@['">)\\]]*[:,]? ?(\\.\\.\\. ?)?(is |was )?(unknown|not found|does not exist|doesn't exist|not known|no longer exists)\\b`,
  "no longer valid",
  "(doesn't|does not) have an? (\\S+ )?account",
  "no (mailbox|account|mail box|user|one|recipient) (\\w+ )?(by|with|at|for|found|available for) (that|this|name|the)",
  "(is )?not (a |an )?(known|valid|local|existing|our) (\\w+ )?(user|mailbox|recipient|customer|account|address)\\b(?! (or|syntax))",
  "\\bnot our customer\\b",
  "\\binvalid (local )?(mail ?box|recipient|user|addressee)\\b",
  "\\brecipient (address )?(is )?invalid\\b",
  "mailbox (path )?(is )?invalid\\b",
  "unknown (user|rcpt|recipient|local)\\b",
  "recipient ?not ?found|recip ?not ?found",
  "this (address|email address) is wrong or no longer valid",
  "email address could not be found",
  "nobody (here )?by that name",
  "account that you tried to reach does not exist",
  "invalid final delivery userid",
  "not in (my|the|our) (list of )?(validrcptto|valid recipients|directory)|no .{0,60} in name directory|valid ?rcpt ?to list|not listed in (the |our )?(public |domino )?(name|directory|address book)",
];

/** A mailbox that is there and may not be used, in other languages than English. */
const suspendedElsewhere =
  /suspend[uio]|sospes|gesperrt|deaktiviert|desactiv|disattivat|geblokkeerd|zablokowan|заблокирован|отключен|приостановлен|停用|冻结/;
/** Texts that say so without certainty, or about another address than the recipient's. */
const notCertain =
  /relay(ing)? (access )?(denied|not|prohibited)|sender|from address|mail from|temporar|try (again )?later|policy|suspended|disabled|inactive|inactivity|deactivated|not active|blocked|locked|verif|spam|blacklist|full|quota|dns|domain (name )?(not|does)|syntax|preferences|refused due to|by (the )?(recipient|user)|(or|and) (access denied|over|unavailable)|greylist|gray-?list/;

/** Hard bounces: the mailbox certainly does not exist, in each provider's words. Only these put an address on the suppression list. */
export const unknownUsers: readonly BounceRule[] = [
  {
    meaning: "no-such-user",
    class: 5,
    phases: recipientPhases,
    // 5.1.3 says that the address is malformed, not that the mailbox is unknown.
    enhanced: /^(?!5\.1\.3$)/,
    text: new RegExp(words.join("|")),
    unless: anyOf(notCertain, suspendedElsewhere),
    example: { phase: "rcpt", reply: "550 5.7.1 No such user!", from: "Yandex" },
  },
  {
    meaning: "no-such-user",
    class: 5,
    phases: recipientPhases,
    text: /\b(onbekende (gebruiker|ontvanger)|okand (mottagare|anvandare)|ukjent (bruker|mottaker)|ukendt (bruger|modtager)|tuntematon (kayttaja|vastaanottaja)|nincs ilyen (felhasznalo|cimzett|postafiok)|utilizador\b.{0,30}\b(inexistente|desconhecido))|такого пользователя нет|нет такого пользователя|存在しない(ユーザ|宛先|アドレス)|\b((utilisateur|destinataire|adresse|compte|boite)\b.{0,60}\b(inconnue?|n'existe pas|introuvable|inexistante?|invalide)|(empfanger|benutzer|postfach|adresse|konto|mailbox|teilnehmer)\w*\b.{0,50}\b(unbekannt|existiert nicht|nicht (gefunden|bekannt|vorhanden))|unbekannte[rs]? (empfanger|benutzer|adresse|postfach)|kein(en|e)? (solche[rs]? |solchen )?(benutzer|empfanger|postfach)|(usuario|destinatario|cuenta|buzon|direccion|casilla)\b.{0,50}\b(desconocid[oa]|no existe|inexistente|no encontrad[oa])|no existe (dich[oa]|ese|esa|el|la|este) \w+|(utente|casella|destinatario|indirizzo|account)\b.{0,50}\b(sconosciut[oa]|inesistente|non esiste|non trovat[oa])|nessun utente|(usuario|destinatario|conta|caixa( postal)?|endereco)\b.{0,50}\b(nao existe|inexistente|desconhecid[oa]|nao encontrad[oa])|(uzytkownik|skrzynka|adres|konto)\b.{0,40}\b(nieznany|nie istnieje|nie znalezion[oay])|nie ma takiego|(gebruiker|ontvanger|adres)\b.{0,30}\b(onbekend|bestaat niet)|kullanici\b.{0,30}\b(bulunamadi|yok)|(uzivatel|schranka|adresat)\b.{0,30}\bneexistuje)|(пользовател|адресат|ящик|получател|адрес|аккаунт)\S* .{0,50}(не наиден|не существует|неизвест|не зарегистрирован)|нет такого (пользовател|адрес|ящик)|несуществующ|(用户|用戶|收件人|邮箱|信箱|郵箱|帐号|账号|地址).{0,20}(不存在|未找到|无效|無效)|查无此|查無此|(ユーザ|宛先|アドレス|メールボックス|アカウント|受信者).{0,20}(存在しま|見つかりま|存在せ|不明|ありません)|宛先不明|(사용자|수신자|계정|메일함).{0,16}(존재하지|없)/,
    unless: anyOf(
      suspendedElsewhere,
      /expediteur|emetteur|absender|remitente|mittente|remetente|отправител|发件人|寄件人|差出人|송신자|sender/,
    ),
    example: {
      phase: "rcpt",
      reply: "550 No existe dicha persona",
      from: "Spanish servers (Sisimai)",
    },
  },
  {
    // Directory-based edge blocking: the tenant's directory has no such recipient.
    meaning: "no-such-user",
    class: 5,
    phases: recipientPhases,
    enhanced: /^5\.4\.1$/,
    text: /recipient address(es)? rejected ?: access denied/,
    example: {
      phase: "rcpt",
      reply:
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB5EUR01FT101.eop-EUR01.prod.protection.outlook.com]",
      from: "Exchange Online",
    },
  },
  {
    meaning: "no-such-user",
    // Not 552, which is about room.
    codes: [501, 510, 511, 512, 521, 550, 551, 553, 554, 556],
    phases: recipientPhases,
    enhanced: /^5\.1\.(1|2|6|10)$/,
    unless: anyOf(notCertain, suspendedElsewhere),
    example: {
      phase: "rcpt",
      reply: "550 5.1.1 #5.1.1 bad address ana@example.org",
      from: "IronPort",
    },
  },
];
