export const templateLanguages = ["EN", "DE", "SP"] as const;
export type TemplateLanguage = (typeof templateLanguages)[number];

/** The body of a stage's mail in one language; `subEvent` is the name people know the part by. */
export type StageText = (event: { readonly code: string; readonly page: string; readonly subEvent: string }) => string;

const register = (code: string) => `https://register.example.org/?aid=${code}&amp;pid=123456789`;

const button = (code: string, label: string) =>
  `              <table border="0" cellspacing="0" class="mcnButton"><tr><td><a href="${register(code)}" style="color:#ffffff;">${label}</a></td></tr></table>`;

/** Registration opens: salutation, link in the text and as a button, a country's own paragraph. */
export const registrationText: Record<TemplateLanguage, StageText> = {
  EN: ({ code, page, subEvent }) => `              <p>#salutation</p>
              <h1>${subEvent}: registration is open</h1>
              <p>We would love to see you. All about the programme is on <a href="https://www.example.org/${page}">our page</a>; share it with #community.</p>
${button(code, "Register now")}
              <p>#reglink</p>
              *|IF:COUNTRY=Germany|*<p>There is a meeting of the German group on *|DATE:d.m.Y|*.</p>*|ELSEIF:COUNTRY|*<p>Greetings to *|COUNTRY|*!</p>*|ELSE:|*<p>Tell us where you live when you register.</p>*|END:IF|*`,
  DE: ({ code, page, subEvent }) => `              <p>#salutation</p>
              <h1>${subEvent}: die Anmeldung ist offen</h1>
              <p>Wir freuen uns auf dich. Alles zum Programm steht auf <a href="https://www.example.org/de/${page}">unserer Seite</a>; teile sie mit #community.</p>
${button(code, "Jetzt anmelden")}
              <p>#reglink</p>
              *|IF:COUNTRY=Germany|*<p>Die deutsche Gruppe trifft sich am *|DATE:d.m.Y|*.</p>*|ELSEIF:COUNTRY|*<p>Grüße nach *|COUNTRY|*!</p>*|ELSE:|*<p>Sag uns bei der Anmeldung, wo du wohnst.</p>*|END:IF|*`,
  SP: ({ code, page, subEvent }) => `              <p>#salutation</p>
              <h1>${subEvent}: la inscripción está abierta</h1>
              <p>Nos encantaría verte. Todo sobre el programa está en <a href="https://www.example.org/es/${page}">nuestra página</a>; compártela con #community.</p>
${button(code, "Inscribirme ahora")}
              <p>#reglink</p>
              *|IF:COUNTRY=Spain|*<p>El grupo español se reúne el *|DATE:d/m/Y|*.</p>*|ELSEIF:COUNTRY|*<p>¡Saludos a *|COUNTRY|*!</p>*|ELSE:|*<p>Dinos dónde vives cuando te inscribas.</p>*|END:IF|*`,
};

/** Reminder: to those who have not registered. */
export const reminderText: Record<TemplateLanguage, StageText> = {
  EN: ({ code, subEvent }) => `              <p>Hello *|TITLE:FNAME|*,</p>
              <p>there are still places for ${subEvent}, and one of them could be yours.</p>
${button(code, "Take my place")}
              <p>#offeringsection</p>`,
  DE: ({ code, subEvent }) => `              <p>Hallo *|TITLE:FNAME|*,</p>
              <p>für ${subEvent} gibt es noch Plätze, und einer davon könnte deiner sein.</p>
${button(code, "Meinen Platz nehmen")}
              <p>#offeringsection</p>`,
  SP: ({ code, subEvent }) => `              <p>Hola *|TITLE:FNAME|*:</p>
              <p>todavía hay lugares para ${subEvent}, y uno podría ser el tuyo.</p>
${button(code, "Tomar mi lugar")}
              <p>#offeringsection</p>`,
};

const zoom = "https://us02web.zoom.us/j/81234567890";

/** Confirmation of an event on Zoom: the link, and a word for those who took the oath. */
export const virtualConfirmationText: Record<TemplateLanguage, StageText> = {
  EN: ({ subEvent }) => `              <p>#salutation</p>
              <h1>Your place in ${subEvent} is confirmed</h1>
              <p><a href="${zoom}" class="mcnButton">Join on Zoom</a><br>Meeting id 812 3456 7890</p>
              <p>#if oathed</p><p>Thank you for keeping the oath.</p><p>#else</p><p>Please read <a href="https://www.example.org/house-rules">our house rules</a> before you come.</p><p>#endif</p>`,
  DE: ({ subEvent }) => `              <p>#salutation</p>
              <h1>Dein Platz bei ${subEvent} ist bestätigt</h1>
              <p><a href="${zoom}" class="mcnButton">Auf Zoom teilnehmen</a><br>Meeting-ID 812 3456 7890</p>
              <p>#if oathed</p><p>Danke, dass du das Versprechen hältst.</p><p>#else</p><p>Bitte lies vorher <a href="https://www.example.org/de/house-rules">unsere Hausregeln</a>.</p><p>#endif</p>`,
  SP: ({ subEvent }) => `              <p>#salutation</p>
              <h1>Tu lugar en ${subEvent} está confirmado</h1>
              <p><a href="${zoom}" class="mcnButton">Entrar por Zoom</a><br>ID de reunión 812 3456 7890</p>
              <p>#if oathed</p><p>Gracias por cumplir la promesa.</p><p>#else</p><p>Lee antes <a href="https://www.example.org/es/house-rules">nuestras reglas</a>.</p><p>#endif</p>`,
};

/** Confirmation of a retreat: what was booked and what is still to be paid. */
export const retreatConfirmationText: Record<TemplateLanguage, StageText> = {
  EN: ({ page, subEvent }) => `              <p>#salutation</p>
              <h1>See you at ${subEvent}</h1>
              <p>#if retreats A B</p><p>You have booked:</p>
              ||retreats||
              <p>Still to be paid: ||balance||.</p><p>#else</p><p>You have not chosen a week yet.</p><p>#endif</p>
              <p>The way there is on <a href="https://www.example.org/${page}/map">our map</a>.</p>`,
  DE: ({ page, subEvent }) => `              <p>#salutation</p>
              <h1>Wir sehen uns bei ${subEvent}</h1>
              <p>#if retreats A B</p><p>Du hast gebucht:</p>
              ||retreats||
              <p>Noch zu zahlen: ||balance||.</p><p>#else</p><p>Du hast noch keine Woche gewählt.</p><p>#endif</p>
              <p>Den Weg zeigt <a href="https://www.example.org/de/${page}/map">unsere Karte</a>.</p>`,
  SP: ({ page, subEvent }) => `              <p>#salutation</p>
              <h1>Nos vemos en ${subEvent}</h1>
              <p>#if retreats A B</p><p>Has reservado:</p>
              ||retreats||
              <p>Falta por pagar: ||balance||.</p><p>#else</p><p>Todavía no has elegido semana.</p><p>#endif</p>
              <p>El camino está en <a href="https://www.example.org/es/${page}/map">nuestro mapa</a>.</p>`,
};
