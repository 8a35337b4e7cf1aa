// The baseline: what a script of ten lines would do. A new SMTP connection per message, one message after the other, no
// limit, no claim, no record of who got what. The mails are ready made, so it does not even render.
import { readFileSync } from "node:fs";
import { createTransport, type SendMailOptions } from "nodemailer";

export interface NaiveRound {
  /** A JSON array of nodemailer messages. */
  readonly mailsFile: string;
  readonly smtpPort: number;
}

export interface NaiveResult {
  readonly messages: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

process.on("message", async ({ mailsFile, smtpPort }: NaiveRound) => {
  const mails = JSON.parse(readFileSync(mailsFile, "utf8")) as SendMailOptions[];
  const transport = createTransport({ host: "127.0.0.1", port: smtpPort, ignoreTLS: true });
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (const mail of mails) await transport.sendMail(mail);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  process.send!({ messages: mails.length, seconds, cpuSeconds: (user + system) / 1e6 } satisfies NaiveResult);
});
process.once("disconnect", () => process.exit(0));
