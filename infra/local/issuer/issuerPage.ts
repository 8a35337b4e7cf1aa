/** A user who may be chosen on the sign-in page. */
export interface IssuerUser {
  /** The `sub` of the token: the user id in Config. */
  readonly id: string;
  readonly name: string;
  /** The claim `email`; absent if the issuer gives none. */
  readonly email?: string;
  /** The claim `email_verified` beside it; true unless given. */
  readonly isEmailVerified?: boolean;
  /** One line below the name, as what the user may do. */
  readonly note?: string;
}

const style = `
:root { color-scheme: dark light; --back: light-dark(#f4f6f6, #1a1f1f); --card: light-dark(#fff, #242a2a); --line: light-dark(#c5cccc, #4a5353); --soft: light-dark(#556, #aab4b4); --accent: light-dark(#087f5b, #38d9a9); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--back); color: light-dark(#1c2222, #e6eaea); }
main { width: 100%; max-width: 26rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.5rem; }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
p { color: var(--soft); margin: 0 0 1rem; overflow-wrap: anywhere; }
form { display: grid; gap: .6rem; margin: 0; }
button { font: inherit; text-align: start; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: .4rem; background: none; color: inherit; cursor: pointer; }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
b, small { display: block; overflow-wrap: anywhere; }
small { color: var(--soft); }
button.cancel { border-color: transparent; text-align: center; color: var(--soft); }
a { color: var(--accent); }
`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head><body><main>${body}</main></body></html>`;

/** Everybody as a button of a form that posts `user=<id>` to `action`, and one that posts `cancel`. */
export function choicePage(users: readonly IssuerUser[], action: string): string {
  const buttons = users.map(({ id, name, note }) => {
    const line = note === undefined ? "" : `<small>${escaped(note)}</small>`;
    return `<button name="user" value="${escaped(id)}"><b>${escaped(name)}</b>${line}</button>`;
  });
  return page(
    "Sign in",
    `<h1>Who are you?</h1><p>This page stands in for your organisation’s sign-in. It exists in the local stack only and asks for no password.</p>
<form method="post" action="${escaped(action)}">
${buttons.join("\n")}
<button class="cancel" name="cancel" value="yes">Do not sign in</button>
</form>`,
  );
}

/** One sentence and a way back. */
export function notePage(title: string, text: string, backUrl: string): string {
  return page(
    title,
    `<h1>${escaped(title)}</h1><p>${escaped(text)}</p><a href="${escaped(backUrl)}">To the Email Manager</a>`,
  );
}
