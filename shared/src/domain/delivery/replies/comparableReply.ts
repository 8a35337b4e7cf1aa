/** The text of a reply without its codes, the lines of a multi-line reply joined by a blank. */
export function replyText(reply: string): string {
  return reply
    .split(/\r?\n/)
    .map((line) => line.replace(/^\d{3}[ -]?(\d\.\d{1,3}\.\d{1,3}\s+)?/, "").trim())
    .filter(Boolean)
    .join(" ");
}

/** Letters that Unicode does not take apart into a plain letter and a mark. */
const withoutStroke: Readonly<Record<string, string>> = { ł: "l", ø: "o", đ: "d", ı: "i" };

/**
 * The text of a reply as rules are matched against it: lower case, without accents (ł as l, ø as o), every address as `@`, of every URL
 * only the host. A local part such as `full.mailbox` or a help page named `NoSuchUser` says nothing about the reply.
 * Takes time linear in the text.
 */
export function comparableReply(reply: string): string {
  return replyText(reply)
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[łøđı]/g, (letter) => withoutStroke[letter]!)
    .replace(/[\u2018\u2019`´]/g, "'")
    .replace(/(https?:\/\/[^\s/?#;,)>]+)[^\s;,)>]*/g, "$1")
    .replace(/[^\s<>"'(),;:[\]]+/g, (word) => (word.lastIndexOf("@") > 0 ? "@" : word))
    .replace(/[\s_]+/g, " ");
}

/**
 * What stays the same when one server refuses several people with one text: the words, without addresses, hosts, ids and
 * numbers. Linear as well.
 */
export function sameRefusalText(reply: string): string {
  const isWord = (word: string) => !/[\d@./]/.test(word.replace(/[.,;:!?]+$/, ""));
  return comparableReply(reply)
    .split(/[\s<>"'(),;:[\]=]+/)
    .filter(isWord)
    .map((word) => word.replace(/[^\p{L}]+/gu, ""))
    .filter(Boolean)
    .join(" ");
}
