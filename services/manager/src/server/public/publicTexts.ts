/** What the public pages say, in one language. */
export interface PublicTexts {
  /** BCP 47. */
  readonly tag: string;
  readonly unsubscribe: string;
  /** Where the organisation has no name. */
  readonly question: string;
  /** With `{name}`, that of the organisation. */
  readonly questionFrom: string;
  /** What unsubscribing ends. */
  readonly ends: string;
  /** What it does not end; the kinds of mail follow. */
  readonly stays: string;
  /** Instead of `stays`, where no kind of mail stays. */
  readonly endsAll: string;
  readonly undo: string;
  readonly undone: string;
  readonly undoneNote: string;
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
  questionFrom: "Do you want to stop receiving e-mails from {name}?",
  ends: "You will get no more news, invitations or other mailings from us.",
  stays: "You still get e-mails about an event that you have booked:",
  endsAll: "You will get none of our e-mails any more, whatever you have booked.",
  undo: "This was a mistake: subscribe me again",
  undone: "You are subscribed again",
  undoneNote: "You will get our e-mails as before.",
  done: "You are unsubscribed",
  doneNote: "An e-mail that is already on its way may still arrive.",
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
    questionFrom: "您希望不再收到 {name} 的电子邮件吗？",
    ends: "您将不再收到我们的消息、邀请和其他邮件。",
    stays: "对于您已预订的活动，您仍会收到以下邮件：",
    endsAll: "无论您预订了什么，都不会再收到我们的任何电子邮件。",
    undo: "这是误操作：请重新订阅",
    undone: "您已重新订阅",
    undoneNote: "您将像以前一样收到我们的电子邮件。",
    done: "您已退订",
    doneNote: "已在发送途中的邮件可能仍会送达。",
    notFound: "此链接无效",
    notFoundNote: "链接可能不完整。请从邮件中重新打开，或复制完整的链接。",
    notNow: "目前无法完成",
    notNowNote: "请几分钟后再试。",
  },
  CZ: {
    tag: "cs",
    unsubscribe: "Odhlásit odběr",
    question: "Nechcete už dostávat naše e-maily?",
    questionFrom: "Nechcete už dostávat e-maily od odesílatele {name}?",
    ends: "Nebudete už dostávat novinky, pozvánky ani jiné rozesílky.",
    stays: "Stále budete dostávat e-maily k akci, na kterou jste přihlášeni:",
    endsAll: "Nebudete už dostávat žádné naše e-maily, ať jste přihlášeni na cokoli.",
    undo: "Byl to omyl: chci se znovu přihlásit k odběru",
    undone: "Odběr je znovu přihlášen",
    undoneNote: "E-maily od nás budete dostávat jako dříve.",
    done: "Odběr je odhlášen",
    doneNote: "E-mail, který je právě na cestě, ještě může dorazit.",
    notFound: "Tento odkaz nefunguje",
    notFoundNote: "Možná není úplný. Otevřete jej znovu z e-mailu nebo zkopírujte celý odkaz.",
    notNow: "Teď to nejde",
    notNowNote: "Zkuste to prosím znovu za několik minut.",
  },
  DE: {
    tag: "de",
    unsubscribe: "Abmelden",
    question: "Möchten Sie keine E-Mails mehr von uns erhalten?",
    questionFrom: "Möchten Sie keine E-Mails mehr von {name} erhalten?",
    ends: "Sie erhalten keine Neuigkeiten, Einladungen und anderen Rundschreiben mehr von uns.",
    stays: "Weiterhin erhalten Sie E-Mails zu einer Veranstaltung, die Sie gebucht haben:",
    endsAll: "Sie erhalten gar keine E-Mails mehr von uns, auch nicht zu dem, was Sie gebucht haben.",
    undo: "Das war ein Versehen: wieder anmelden",
    undone: "Sie sind wieder angemeldet",
    undoneNote: "Sie erhalten unsere E-Mails wie zuvor.",
    done: "Sie sind abgemeldet",
    doneNote: "Eine E-Mail, die schon unterwegs ist, kann noch ankommen.",
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
    questionFrom: "Voulez-vous ne plus recevoir d’e-mails de {name} ?",
    ends: "Vous ne recevrez plus de nouvelles, d’invitations ni d’autres envois de notre part.",
    stays: "Vous recevrez toujours les e-mails concernant un événement que vous avez réservé :",
    endsAll: "Vous ne recevrez plus aucun e-mail de notre part, quelles que soient vos réservations.",
    undo: "C’était une erreur : me réabonner",
    undone: "Vous êtes de nouveau abonné",
    undoneNote: "Vous recevrez nos e-mails comme auparavant.",
    done: "Vous êtes désabonné",
    doneNote: "Un message déjà en route peut encore arriver.",
    notFound: "Ce lien ne fonctionne pas",
    notFoundNote: "Il est peut-être incomplet. Ouvrez-le de nouveau depuis l’e-mail ou copiez le lien entier.",
    notNow: "Cela ne fonctionne pas pour le moment",
    notNowNote: "Veuillez réessayer dans quelques minutes.",
  },
  IT: {
    tag: "it",
    unsubscribe: "Annulla l’iscrizione",
    question: "Vuole non ricevere più le nostre e-mail?",
    questionFrom: "Vuole non ricevere più e-mail da {name}?",
    ends: "Non riceverà più novità, inviti o altri invii da noi.",
    stays: "Riceverà ancora le e-mail su un evento che ha prenotato:",
    endsAll: "Non riceverà più alcuna e-mail da noi, qualunque cosa abbia prenotato.",
    undo: "È stato un errore: iscrivermi di nuovo",
    undone: "È di nuovo iscritto",
    undoneNote: "Riceverà le nostre e-mail come prima.",
    done: "L’iscrizione è annullata",
    doneNote: "Un messaggio già in viaggio può ancora arrivare.",
    notFound: "Questo link non funziona",
    notFoundNote: "Forse è incompleto. Lo apra di nuovo dall’e-mail o copi il link intero.",
    notNow: "Al momento non è possibile",
    notNowNote: "La preghiamo di riprovare tra qualche minuto.",
  },
  NL: {
    tag: "nl",
    unsubscribe: "Afmelden",
    question: "Wilt u geen e-mails meer van ons ontvangen?",
    questionFrom: "Wilt u geen e-mails meer van {name} ontvangen?",
    ends: "U ontvangt geen nieuws, uitnodigingen of andere mailings meer van ons.",
    stays: "U ontvangt nog wel e-mails over een evenement dat u hebt geboekt:",
    endsAll: "U ontvangt helemaal geen e-mails meer van ons, wat u ook hebt geboekt.",
    undo: "Dit was een vergissing: meld mij weer aan",
    undone: "U bent weer aangemeld",
    undoneNote: "U ontvangt onze e-mails zoals voorheen.",
    done: "U bent afgemeld",
    doneNote: "Een bericht dat al onderweg is, kan nog aankomen.",
    notFound: "Deze link werkt niet",
    notFoundNote: "Misschien is hij niet volledig. Open hem opnieuw vanuit de e-mail of kopieer de hele link.",
    notNow: "Dit lukt op dit moment niet",
    notNowNote: "Probeer het over een paar minuten opnieuw.",
  },
  PT: {
    tag: "pt",
    unsubscribe: "Cancelar a subscrição",
    question: "Quer deixar de receber os nossos e-mails?",
    questionFrom: "Quer deixar de receber e-mails de {name}?",
    ends: "Não receberá mais novidades, convites nem outros envios nossos.",
    stays: "Continuará a receber e-mails sobre um evento que reservou:",
    endsAll: "Não receberá mais nenhum e-mail nosso, seja o que for que tenha reservado.",
    undo: "Foi um engano: subscrever de novo",
    undone: "A sua subscrição está de novo ativa",
    undoneNote: "Receberá os nossos e-mails como antes.",
    done: "A sua subscrição foi cancelada",
    doneNote: "Uma mensagem já a caminho ainda pode chegar.",
    notFound: "Este link não funciona",
    notFoundNote: "Talvez esteja incompleto. Abra-o de novo a partir do e-mail ou copie o link completo.",
    notNow: "Neste momento não é possível",
    notNowNote: "Tente novamente dentro de alguns minutos.",
  },
  RU: {
    tag: "ru",
    unsubscribe: "Отписаться",
    question: "Вы больше не хотите получать наши письма?",
    questionFrom: "Вы больше не хотите получать письма от {name}?",
    ends: "Вы больше не будете получать от нас новости, приглашения и другие рассылки.",
    stays: "Вы по-прежнему будете получать письма о мероприятии, на которое вы записаны:",
    endsAll: "Вы больше не будете получать от нас никаких писем, на что бы вы ни записались.",
    undo: "Это ошибка: подписать меня снова",
    undone: "Вы снова подписаны",
    undoneNote: "Вы будете получать наши письма, как раньше.",
    done: "Вы отписаны",
    doneNote: "Письмо, которое уже в пути, ещё может прийти.",
    notFound: "Эта ссылка не работает",
    notFoundNote: "Возможно, она неполная. Откройте её ещё раз из письма или скопируйте ссылку целиком.",
    notNow: "Сейчас это не получается",
    notNowNote: "Пожалуйста, попробуйте ещё раз через несколько минут.",
  },
  SP: {
    tag: "es",
    unsubscribe: "Darse de baja",
    question: "¿Quiere dejar de recibir nuestros correos?",
    questionFrom: "¿Quiere dejar de recibir correos de {name}?",
    ends: "No recibirá más novedades, invitaciones ni otros envíos nuestros.",
    stays: "Seguirá recibiendo los correos sobre un evento que haya reservado:",
    endsAll: "No recibirá ningún correo nuestro, sea lo que sea que haya reservado.",
    undo: "Ha sido un error: suscribirme de nuevo",
    undone: "Se ha suscrito de nuevo",
    undoneNote: "Recibirá nuestros correos como antes.",
    done: "Se ha dado de baja",
    doneNote: "Un correo que ya esté en camino todavía puede llegar.",
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
