/**
 * A short mail to begin with. Its placeholder is an error of the content check, so that Prepare refuses the example until
 * a text replaces it; it passes all other checks.
 */
export const firstMail = `<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
  </head>
  <body style="margin: 0; padding: 24px; font: 16px/1.5 Arial, sans-serif;">
    <p>Dear *|FNAME|*,</p>
    <p>{{Write the text of the mail here}}</p>
    <p style="font-size: 13px;"><a href="*|UNSUB|*">Unsubscribe</a></p>
  </body>
</html>
`;
