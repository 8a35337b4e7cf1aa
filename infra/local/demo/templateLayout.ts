import type { TemplateLanguage } from "./templateTexts.ts";

interface FrameWords {
  readonly tag: string;
  readonly view: string;
  readonly rights: string;
  readonly addressIs: string;
  readonly change: string;
  readonly preferences: string;
  readonly or: string;
  readonly unsubscribe: string;
  readonly questions: string;
}

const words: Record<TemplateLanguage, FrameWords> = {
  EN: {
    tag: "en",
    view: "View this email in your browser",
    rights: "All rights reserved.",
    addressIs: "Our mailing address is:",
    change: "Want to change how you receive these emails?<br>You can",
    preferences: "update your preferences",
    or: "or",
    unsubscribe: "unsubscribe from this list",
    questions: "Questions? Write to ||coord-email|| or call +49 123456789.",
  },
  DE: {
    tag: "de",
    view: "Diese E-Mail im Browser ansehen",
    rights: "Alle Rechte vorbehalten.",
    addressIs: "Unsere Anschrift:",
    change: "Möchtest du ändern, wie du diese E-Mails erhältst?<br>Du kannst",
    preferences: "deine Einstellungen ändern",
    or: "oder",
    unsubscribe: "dich von dieser Liste abmelden",
    questions: "Fragen? Schreib an ||coord-email|| oder ruf an: +49 123456789.",
  },
  SP: {
    tag: "es",
    view: "Ver este correo en el navegador",
    rights: "Todos los derechos reservados.",
    addressIs: "Nuestra dirección postal:",
    change: "¿Quieres cambiar cómo recibes estos correos?<br>Puedes",
    preferences: "actualizar tus preferencias",
    or: "o",
    unsubscribe: "darte de baja de esta lista",
    questions: "¿Preguntas? Escribe a ||coord-email|| o llama al +49 123456789.",
  },
};

/** The frame of a stock Mailchimp template around the text: preview block, header and footer. */
export function stockLayout(language: TemplateLanguage, accent: string, body: string): string {
  const frame = words[language];
  return `<!doctype html>
<html lang="${frame.tag}" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
  <head>
    <!--[if gte mso 15]>
    <xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml>
    <![endif]-->
    <meta charset="UTF-8">
    <meta http-equiv="X-UA-Compatible" content="IE=edge">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>*|MC:SUBJECT|*</title>
    <style type="text/css">
      body, #bodyTable { background-color: #FAFAFA; margin: 0; padding: 0; width: 100%; }
      #templateHeader { background-color: ${accent}; color: #ffffff; }
      .mcnTextContent { color: #202020; font-family: Helvetica, Arial, sans-serif; font-size: 16px; line-height: 150%; }
      .mcnButton { background-color: ${accent}; border-radius: 3px; color: #ffffff; padding: 12px 18px; }
      @media only screen and (max-width: 480px) { .templateContainer { width: 100% !important; } }
    </style>
  </head>
  <body>
    <!--*|IF:MC_PREVIEW_TEXT|*-->
    <!--[if !gte mso 9]><!----><span class="mcnPreviewText" style="display:none; font-size:0px; line-height:0px; max-height:0px; max-width:0px; opacity:0; overflow:hidden; visibility:hidden; mso-hide:all;">*|MC_PREVIEW_TEXT|*</span><!--<![endif]-->
    <!--*|END:IF|*-->
    <center>
      <table align="center" border="0" cellpadding="0" cellspacing="0" width="100%" id="bodyTable">
        <tr><td align="center" valign="top" id="bodyCell">
          <!--[if (gte mso 9)|(IE)]><table align="center" border="0" cellspacing="0" cellpadding="0" width="600"><tr><td><![endif]-->
          <table border="0" cellpadding="0" cellspacing="0" width="100%" class="templateContainer">
            <tr><td valign="top" id="templatePreheader" class="mcnTextContent">*|IFNOT:ARCHIVE_PAGE|*<a href="*|ARCHIVE|*" target="_blank">${frame.view}</a>*|END:IF|*</td></tr>
            <tr><td valign="top" id="templateHeader" style="padding:18px;"><h2>*|LIST:NAME|*</h2></td></tr>
            <tr><td valign="top" id="templateBody" class="mcnTextContent" style="padding:18px;">
${body}
              <p>${frame.questions}</p>
            </td></tr>
            <tr><td valign="top" id="templateFooter" class="mcnTextContent" style="padding:18px; font-size:12px;">
              <em>Copyright © *|CURRENT_YEAR|* *|LIST:COMPANY|*, ${frame.rights}</em><br>
              *|IFNOT:ARCHIVE_PAGE|* *|LIST:DESCRIPTION|*<br><br><strong>${frame.addressIs}</strong><br>*|HTML:LIST_ADDRESS_HTML|* *|END:IF|*<br><br>
              ${frame.change} <a href="*|UPDATE_PROFILE|*">${frame.preferences}</a> ${frame.or} <a href="*%7CUNSUB%7C*">${frame.unsubscribe}</a>.<br>
              *|IF:REWARDS|* *|HTML:REWARDS|* *|END:IF|*
            </td></tr>
          </table>
          <!--[if (gte mso 9)|(IE)]></td></tr></table><![endif]-->
        </td></tr>
      </table>
    </center>
  </body>
</html>
`;
}
