import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import { onTestFinished } from "vitest";
import type { AccountAccess } from "../src/smtp/credentials.ts";
import { type MailerOptions, openMailer } from "../src/smtp/mailer.ts";
import { scriptedServer } from "./scriptedServer.ts";

/** Short time-outs, for servers that are silent on purpose. */
export const shortTimes = {
  connectMilliseconds: 400,
  greetingMilliseconds: 200,
  commandMilliseconds: 300,
  dotMilliseconds: 300,
  confirmMilliseconds: 200,
  quitMilliseconds: 200,
};

export function aMail(fields: Partial<Mail> = {}): Mail {
  return {
    from: { name: "Office", address: "office@example.com" },
    to: { name: "Ana", address: "ana@example.org" },
    envelopeFrom: "bounces@example.com",
    replyTo: "help@example.com",
    messageId: "<1@example.com>",
    subject: "Hello",
    html: "<p>Hello</p>",
    text: "Hello",
    headers: {},
    ...fields,
  };
}

/** A mailer to a server on this machine, closed at the end of the test. */
export function mailerTo(
  port: number,
  options: MailerOptions & { access?: Partial<AccountAccess>; perConnection?: number } = {},
) {
  const { access, perConnection = 100, ...rest } = options;
  const mailer = openMailer(
    { messagesPerConnection: perConnection },
    { host: "127.0.0.1", port, security: "none", ...access },
    { times: shortTimes, ...rest },
  );
  onTestFinished(() => mailer[Symbol.asyncDispose]());
  return mailer;
}

/** A scripted server, closed at the end of the test. */
export async function serve(...args: Parameters<typeof scriptedServer>) {
  const server = await scriptedServer(...args);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}
