import type { Email } from "postal-mime";
import type { ListedMail } from "./mailQueries.ts";
import { returns } from "./returnMail.ts";

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8889; --accent: light-dark(#0b5cad, #7db8f5); }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1rem; }
a { color: var(--accent); }
header { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin-bottom: 1rem; }
h1 { font-size: 1.3rem; margin: 0; flex: 1 1 12rem; overflow-wrap: anywhere; }
input, button { font: inherit; padding: .4rem .7rem; border: 1px solid var(--soft); border-radius: .4rem; background: none; color: inherit; }
input { flex: 1 1 14rem; min-width: 0; }
ul { list-style: none; margin: 0; padding: 0; }
li a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .6rem .2rem; border-bottom: 1px solid var(--line); text-decoration: none; color: inherit; }
li a:hover, li a:focus { background: #8881; }
li b { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
small, dt { color: light-dark(#555, #aaa); }
li small { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0 0 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 70vh; border: 1px solid var(--line); border-radius: .4rem; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: .4rem; padding: .8rem; }
summary { cursor: pointer; padding: .4rem 0; }
.return { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
nav { display: flex; gap: 1rem; padding: 1rem 0; }
@media (max-width: 40rem) { li a { grid-template-columns: 1fr; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
`;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head><body>${body}</body></html>`;

/** Says so when newer mail has come in; the reader decides when to look. */
const newMailScript = (newest: number) => `<script>
setInterval(async () => {
  const latest = await fetch("/api/messages?limit=1").then((response) => response.json()).catch(() => undefined);
  const more = (latest?.messages[0]?.id ?? 0) - ${newest};
  const note = document.getElementById("new");
  note.hidden = more <= 0;
  note.textContent = more + " new";
}, 2000);
</script>`;

/** The list, newest first. `older` is the id to go on from. */
export function listPage(
  found: { readonly total: number; readonly messages: readonly ListedMail[]; readonly older: number | undefined },
  q: string,
  newest: number,
): string {
  const rows = found.messages.map(
    ({ id, at, subject, to, mailingKey }) => `<li><a href="/messages/${id}"><b>${escaped(subject || "(no subject)")}</b>
<small>${at.slice(0, 19).replace("T", " ")}</small><small>${escaped(to.join(", "))}</small><small>${escaped(mailingKey)}</small></a></li>`,
  );
  const search = encodeURIComponent(q);
  const older = found.older === undefined ? "" : `<a href="/?q=${search}&before=${found.older}">Older mail</a>`;
  const empty = `<p>${q ? "Nothing matches." : "No mail yet."}</p>`;
  return page(
    "Inbox",
    `<header><h1>Inbox <small>${found.total.toLocaleString("en")}</small></h1><a id="new" href="/" hidden></a>
<form method="get" style="display:contents"><input type="search" name="q" value="${escaped(q)}" placeholder="Subject, address or message id" aria-label="Search"><button>Search</button></form></header>
${rows.length > 0 ? `<ul>${rows.join("\n")}</ul>` : empty}<nav>${older}</nav>${newMailScript(newest)}`,
  );
}

/** Buttons that let the mail come back; what follows is shown by the Email Manager within seconds. */
const returnButtons = ({ id }: ListedMail) => `<p class="return">${Object.entries(returns)
  .map(([kind, words]) => `<button type="button" data-kind="${kind}">${words}</button>`)
  .join(" ")} <span role="status"></span></p><script>
document.querySelector(".return").addEventListener("click", async ({ target }) => {
  if (!target.dataset.kind) return;
  const said = document.querySelector(".return span");
  said.textContent = "Sending the report …";
  const response = await fetch("/api/messages/${id}/return?kind=" + target.dataset.kind, { method: "POST" }).catch(() => undefined);
  said.textContent = response?.ok ? "Reported. The Email Manager shows it within seconds." : "The report was not sent: see whether the stack is running.";
});
</script>`;

/** One mail: HTML in a sandboxed frame, text, headers, source. */
export function mailPage(mail: ListedMail, parsed: Email, canReturn: boolean): string {
  const rows = parsed.headers.map(
    ({ originalKey, value }) => `<dt>${escaped(originalKey)}</dt><dd>${escaped(value)}</dd>`,
  );
  const frame = `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/${mail.id}/html" title="HTML part"></iframe>`;
  const names = parsed.attachments.map(({ filename, mimeType }) => `<li>${escaped(filename ?? mimeType)}</li>`);
  return page(
    mail.subject,
    `<nav><a href="/">Inbox</a><a href="/messages/${mail.id}/source">Source</a></nav>
<header><h1>${escaped(mail.subject || "(no subject)")}</h1></header>
<dl><dt>From</dt><dd>${escaped(mail.from)}</dd><dt>To</dt><dd>${escaped(mail.to.join(", "))}</dd><dt>Received</dt><dd>${mail.at}</dd>
<dt>Mailing</dt><dd>${escaped(mail.mailingKey)}</dd><dt>Size</dt><dd>${mail.sizeBytes.toLocaleString("en")} bytes</dd></dl>
${canReturn ? returnButtons(mail) : ""}${parsed.html === undefined ? "" : frame}
<details${parsed.html === undefined ? " open" : ""}><summary>Text part</summary><pre>${escaped(parsed.text ?? "(none)")}</pre></details>
<details><summary>Headers</summary><dl>${rows.join("")}</dl></details>
${names.length > 0 ? `<details><summary>Attachments</summary><ul>${names.join("")}</ul></details>` : ""}`,
  );
}
