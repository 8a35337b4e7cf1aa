import { type SmtpAttempt, smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { loopbackCertificate } from "@email-agent/shared/testing/loopbackCertificate.ts";
import { describe, expect, test } from "vitest";
import type { ScriptAct } from "../../testing/scriptAct.ts";
import { type Script, type ScriptPhase, scriptedServer, scriptPhases } from "../../testing/scriptedServer.ts";
import { aMail, shortTimes } from "../../testing/smtpBench.ts";
import { openMailer } from "./mailer.ts";

const faults: Record<string, ScriptAct> = {
  close: "close",
  reset: "reset",
  silence: "silence",
  "421": "421 4.3.2 Shutting down",
  "450": "450 4.7.1 Try later",
  "550": "550 5.7.1 Not here",
  "250": "250 2.0.0 Ok",
  "several lines": "550-5.7.1 Not here\n550-5.7.1 and\n550 5.7.1 not now",
  "in pieces": { pieceBytes: 1 },
  "a refusal, then the usual": { early: "450 4.7.1 Try later" },
  "a refusal, and later the usual": { early: "550 5.7.1 Not here", later: 60 },
  "an acceptance, then the usual": { early: "250 2.0.0 Ok", later: 20 },
  "the usual, then a refusal": { late: "550 5.1.1 No such user" },
  letters: "ABC hello",
  "letters, then the usual": { early: "ABC hello" },
  NUL: { bytes: "250 \0\r\n" },
  "1 MB in a line": { bytes: "x".repeat(1 << 20) },
};
const phases = scriptPhases.filter((phase) => phase !== "starttls");
const ways = [false, true].flatMap((tls) => [false, true].map((pipelining) => ({ tls, pipelining })));

/** The fault the first time that a phase is reached, and what leads there. */
function scriptOf(phase: ScriptPhase, fault: ScriptAct): Script {
  const lead: Partial<Record<ScriptPhase, ScriptPhase>> = { rset: "rcpt", quit: "dot" };
  const due = new Map<ScriptPhase, ScriptAct>([[phase, fault]]);
  if (lead[phase]) due.set(lead[phase], "450 4.2.0 Try later");
  return (now) => {
    const act = due.get(now);
    due.delete(now);
    return act;
  };
}

interface Course {
  readonly recipients: string[];
  readonly copies: number[];
}

/** Two people are mailed over one mailer, each tried again while deferred, as a run does. */
async function mailTwo(script: Script, way: { tls: boolean; pipelining: boolean }, isSilent: boolean): Promise<Course> {
  await using server = await scriptedServer(script, { ...way, extensions: ["AUTH PLAIN"] });
  const wait = isSilent ? 400 : 20_000;
  const times = { ...shortTimes, connectMilliseconds: 20_000, greetingMilliseconds: wait, commandMilliseconds: wait };
  const access = { host: "127.0.0.1", port: server.port, username: "office", password: "right" };
  const mailer = openMailer(
    { messagesPerConnection: 100 },
    { ...access, security: way.tls ? "tls" : "none" },
    { times: { ...times, dotMilliseconds: wait }, trustedCertificates: loopbackCertificate },
  );
  const recipients: string[] = [];
  for (const person of ["ana", "ben"]) {
    const mail = aMail({
      to: { name: person, address: `${person}@example.org` },
      messageId: `<${person}@example.com>`,
      html: `<p>${"A line of text. ".repeat(person === "ana" ? 5000 : 1)}</p>`,
    });
    let response: SmtpAttempt | undefined;
    for (let attempt = 0; attempt < 4 && (!response || verdictOf(response) === "deferred"); attempt++)
      response = await mailer.send(mail);
    recipients.push(verdictOf(response!));
  }
  await mailer[Symbol.asyncDispose]();
  // Whatever is on its way to the server arrives.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const copies = ["ana", "ben"].map((person) => server.accepted.filter((raw) => raw.includes(`<${person}@`)).length);
  return { recipients, copies };
}

function verdictOf(response: SmtpAttempt): string {
  const { recipient } = smtpVerdict(response, { dailyLimitTexts: [] });
  expect(response.code === undefined || response.code >= 200).toBe(true);
  return recipient;
}

describe("acceptance 50: whatever the server does at any moment, what is recorded is what it accepted", () => {
  test.each(phases)(
    "%s",
    async (phase) => {
      const cells = Object.entries(faults).flatMap(([name, fault]) => ways.map((way) => ({ name, fault, way })));
      const wrong: string[] = [];
      const cell = async ({ name, fault, way }: (typeof cells)[number]) => {
        const began = performance.now();
        const { recipients, copies } = await mailTwo(scriptOf(phase, fault), way, fault === "silence");
        const where = `${name}, ${JSON.stringify(way)}: ${recipients} / ${copies} accepted`;
        for (const [n, recipient] of recipients.entries()) {
          if (copies[n]! > 1) wrong.push(`mailed twice: ${where}`);
          if (copies[n] === 1 && recipient !== "sent" && recipient !== "in-doubt") wrong.push(`accepted: ${where}`);
          if (copies[n] === 0 && recipient === "sent") wrong.push(`not accepted: ${where}`);
        }
        // It happens once, and to the first person.
        if (recipients[1] !== "sent") wrong.push(`the next person: ${where}`);
        if (performance.now() - began > 25_000) wrong.push(`took too long: ${where}`);
      };
      for (let at = 0; at < cells.length; at += 17) await Promise.all(cells.slice(at, at + 17).map(cell));
      expect(wrong).toEqual([]);
    },
    60_000,
  );
});
