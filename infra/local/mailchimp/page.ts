import type { MailchimpState } from "./resources.ts";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const rows = (cells: readonly (readonly string[])[]) =>
  cells.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("");

/** What Mailchimp holds, on one page: campaigns left behind show here. */
export function mailchimpPage({ audiences, templates, campaigns }: MailchimpState): string {
  const left = [...campaigns.values()].map(({ title, id, createdAt }) => [title, id, createdAt.toISOString()]);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mailchimp stand-in</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td{border-bottom:1px solid #8886;padding:.3rem .6rem .3rem 0}</style>
<h1>Mailchimp stand-in</h1>
<h2>Unsent campaigns (${left.length})</h2><table>${rows(left)}</table>
<h2>Templates (${templates.length})</h2><table>${rows(templates.map(({ id, seed }) => [seed.name, String(id)]))}</table>
<h2>Audiences (${audiences.length})</h2><table>${rows(audiences.map(({ id, seed }) => [seed.name, id]))}</table>
`;
}
