import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SendMailOptions } from "nodemailer";
import type { BenchInbox } from "./benchInbox.ts";
import { endChild, nextMessage } from "./childProcess.ts";
import type { NaiveResult, NaiveRound } from "./naiveProcess.ts";

/** The naive sender in a process of its own, as the product's sender has one. */
export function startNaive() {
  const child = fork(fileURLToPath(new URL("./naiveProcess.ts", import.meta.url)));
  return {
    send(round: NaiveRound): Promise<NaiveResult> {
      child.send(round);
      return nextMessage<NaiveResult>(child);
    },
    [Symbol.asyncDispose]: () => endChild(child),
  };
}

/** Headers nodemailer makes itself. */
const ownHeaders = new Set([
  ..."from to subject date message-id reply-to mime-version content-type content-transfer-encoding".split(" "),
  "dkim-signature",
]);

/** The mails of a run as the inbox holds them, for nodemailer: same people, subjects, texts, HTML and headers. */
export async function mailsLike(inbox: BenchInbox, runId: string): Promise<SendMailOptions[]> {
  const mails: SendMailOptions[] = [];
  for (const { id, from, to } of await inbox.mailsOf(runId)) {
    const { subject, html, text, headers, messageId } = await inbox.parsed(id);
    const header = (name: string) => headers.find(({ key }) => key === name)?.value ?? "";
    mails.push({
      envelope: { from, to: [...to] },
      from: header("from"),
      to: header("to"),
      replyTo: header("reply-to"),
      subject,
      html: html!,
      text: text!,
      messageId,
      textEncoding: "quoted-printable",
      headers: Object.fromEntries(
        headers.filter(({ key }) => !ownHeaders.has(key)).map(({ originalKey, value }) => [originalKey, value]),
      ),
    });
  }
  return mails;
}
