/** What the public pages say, in one language. */
export interface PublicTexts {
  /** BCP 47. */
  readonly tag: string;
  readonly unsubscribe: string;
  readonly question: string;
  readonly done: string;
  readonly doneNote: string;
  readonly notFound: string;
  readonly notFoundNote: string;
  readonly notNow: string;
  readonly notNowNote: string;
}

const english: PublicTexts = {
  tag: "en",
  unsubscribe: "Unsubscribe",
  question: "Do you want to stop receiving our e-mails?",
  done: "You are unsubscribed",
  doneNote: "You will get no more e-mails from us. One that is already on its way may still arrive.",
  notFound: "This link does not work",
  notFoundNote: "It may be incomplete. Open it from the e-mail once more, or copy the whole link.",
  notNow: "This does not work right now",
  notNowNote: "Please try again in a few minutes.",
};

/** By language code, as mailing keys carry it. */
const texts: Readonly<Record<string, PublicTexts>> = {
  EN: english,
  CN: {
    tag: "zh-Hans",
    unsubscribe: "退订",
    question: "您希望不再收到我们的电子邮件吗？",
    done: "您已退订",
    doneNote: "您将不再收到我们的电子邮件。已在发送途中的邮件可能仍会送达。",
    notFound: "此链接无效",
    notFoundNote: "链接可能不完整。请从邮件中重新打开，或复制完整的链接。",
    notNow: "目前无法完成",
    notNowNote: "请几分钟后再试。",
  },
  CZ: {
    tag: "cs",
    unsubscribe: "Odhlásit odběr",
    question: "Nechcete už dostávat naše e-maily?",
    done: "Odběr je odhlášen",
    doneNote: "Další e-maily od nás už nedostanete. E-mail, který je právě na cestě, ještě může dorazit.",
    notFound: "Tento odkaz nefunguje",
    notFoundNote: "Možná není úplný. Otevřete jej znovu z e-mailu nebo zkopírujte celý odkaz.",
    notNow: "Teď to nejde",
    notNowNote: "Zkuste to prosím znovu za několik minut.",
  },
  DE: {
    tag: "de",
    unsubscribe: "Abmelden",
    question: "Möchten Sie keine E-Mails mehr von uns erhalten?",
    done: "Sie sind abgemeldet",
    doneNote: "Sie erhalten keine E-Mails mehr von uns. Eine, die schon unterwegs ist, kann noch ankommen.",
    notFound: "Dieser Link funktioniert nicht",
    notFoundNote:
      "Vielleicht ist er unvollständig. Öffnen Sie ihn noch einmal aus der E-Mail oder kopieren Sie den ganzen Link.",
    notNow: "Das geht im Moment nicht",
    notNowNote: "Bitte versuchen Sie es in einigen Minuten noch einmal.",
  },
  FR: {
    tag: "fr",
    unsubscribe: "Se désabonner",
    question: "Voulez-vous ne plus recevoir nos e-mails ?",
    done: "Vous êtes désabonné",
    doneNote: "Vous ne recevrez plus d’e-mails de notre part. Un message déjà en route peut encore arriver.",
    notFound: "Ce lien ne fonctionne pas",
    notFoundNote: "Il est peut-être incomplet. Ouvrez-le de nouveau depuis l’e-mail ou copiez le lien entier.",
    notNow: "Cela ne fonctionne pas pour le moment",
    notNowNote: "Veuillez réessayer dans quelques minutes.",
  },
  IT: {
    tag: "it",
    unsubscribe: "Annulla l’iscrizione",
    question: "Vuole non ricevere più le nostre e-mail?",
    done: "L’iscrizione è annullata",
    doneNote: "Non riceverà più e-mail da noi. Un messaggio già in viaggio può ancora arrivare.",
    notFound: "Questo link non funziona",
    notFoundNote: "Forse è incompleto. Lo apra di nuovo dall’e-mail o copi il link intero.",
    notNow: "Al momento non è possibile",
    notNowNote: "La preghiamo di riprovare tra qualche minuto.",
  },
  NL: {
    tag: "nl",
    unsubscribe: "Afmelden",
    question: "Wilt u geen e-mails meer van ons ontvangen?",
    done: "U bent afgemeld",
    doneNote: "U ontvangt geen e-mails meer van ons. Een bericht dat al onderweg is, kan nog aankomen.",
    notFound: "Deze link werkt niet",
    notFoundNote: "Misschien is hij niet volledig. Open hem opnieuw vanuit de e-mail of kopieer de hele link.",
    notNow: "Dit lukt op dit moment niet",
    notNowNote: "Probeer het over een paar minuten opnieuw.",
  },
  PT: {
    tag: "pt",
    unsubscribe: "Cancelar a subscrição",
    question: "Quer deixar de receber os nossos e-mails?",
    done: "A sua subscrição foi cancelada",
    doneNote: "Não receberá mais e-mails nossos. Uma mensagem já a caminho ainda pode chegar.",
    notFound: "Este link não funciona",
    notFoundNote: "Talvez esteja incompleto. Abra-o de novo a partir do e-mail ou copie o link completo.",
    notNow: "Neste momento não é possível",
    notNowNote: "Tente novamente dentro de alguns minutos.",
  },
  RU: {
    tag: "ru",
    unsubscribe: "Отписаться",
    question: "Вы больше не хотите получать наши письма?",
    done: "Вы отписаны",
    doneNote: "Вы больше не будете получать наши письма. Письмо, которое уже в пути, ещё может прийти.",
    notFound: "Эта ссылка не работает",
    notFoundNote: "Возможно, она неполная. Откройте её ещё раз из письма или скопируйте ссылку целиком.",
    notNow: "Сейчас это не получается",
    notNowNote: "Пожалуйста, попробуйте ещё раз через несколько минут.",
  },
  SP: {
    tag: "es",
    unsubscribe: "Darse de baja",
    question: "¿Quiere dejar de recibir nuestros correos?",
    done: "Se ha dado de baja",
    doneNote: "No recibirá más correos nuestros. Alguno que ya esté en camino todavía puede llegar.",
    notFound: "Este enlace no funciona",
    notFoundNote: "Quizá esté incompleto. Ábralo otra vez desde el correo o copie el enlace completo.",
    notNow: "Ahora mismo no es posible",
    notNowNote: "Inténtelo de nuevo dentro de unos minutos.",
  },
};

/** The sentences for a language of a mailing; English for one that has none. */
export function textsFor(languageCode: string): PublicTexts {
  return Object.hasOwn(texts, languageCode) ? (texts[languageCode] ?? english) : english;
}

/** The sentences in the first language of `Accept-Language` that we have. For links that name no mailing. */
export function textsAsked(acceptLanguage: string | null): PublicTexts {
  for (const range of (acceptLanguage ?? "").slice(0, 200).split(",")) {
    const wanted = range.trim().slice(0, 2).toLowerCase();
    const found = Object.values(texts).find(({ tag }) => tag.slice(0, 2) === wanted);
    if (found) return found;
  }
  return english;
}
