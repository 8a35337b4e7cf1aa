import { type SmtpAttempt, smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { describe, expect, test } from "vitest";
import type { ScriptAct } from "../../testing/scriptAct.ts";
import type { Script, ScriptPhase } from "../../testing/scriptedServer.ts";
import { aMail, mailerTo, serve, shortTimes } from "../../testing/smtpBench.ts";

const verdictOf = (response: SmtpAttempt) => smtpVerdict(response, { dailyLimitTexts: [] });
const at =
  (phase: ScriptPhase, act: ScriptAct): Script =>
  (now, { connection }) =>
    now === phase && connection === 0 ? act : undefined;

describe("acceptance 50: a line out of step never mails a person twice and never says sent for what was not", () => {
  /** More than the sockets of both sides hold, so that the server speaks while the message is still being written. */
  const large = aMail({ html: `<p>${"Hello there. ".repeat(1_500_000)}</p>` });
  const patient = { ...shortTimes, dotMilliseconds: 20_000 };

  test.each([
    ["450 4.7.1 Try later", { recipient: "deferred" }],
    ["421 4.3.2 Shutting down", { recipient: "deferred", account: "throttled" }],
    ["550 5.7.1 Not here", { recipient: "failed", suppress: false }],
    ["250 2.0.0 Queued", { recipient: "in-doubt" }],
    ["ABC hello", { recipient: "in-doubt" }],
  ])("%s while the message is being written: the final dot is never sent", async (line, verdict) => {
    const server = await serve(at("body", line));
    const response = await mailerTo(server.port, { times: patient }).send(large);
    expect(verdictOf(response)).toMatchObject(verdict);
    expect(server.messages).toEqual([]);
  });

  test.each(["450 4.7.1 Try later", "550 5.7.1 Not here"])("%s right behind 354: no message is sent", async (line) => {
    const server = await serve(at("data", `354 Go ahead\n${line}`));
    const response = await mailerTo(server.port).send(aMail());
    expect(response).toMatchObject({ code: Number(line.slice(0, 3)), phase: "dot" });
    expect(server.messages).toEqual([]);
  });

  test.each<[string, number]>([
    ["450 4.7.1 Try later", 0],
    ["450 4.7.1 Try later", 100],
    ["550 5.7.1 Not here", 0],
    ["550 5.7.1 Not here", 100],
  ])("%s, and %i ms later the message is accepted: in doubt, the connection is closed", async (early, later) => {
    for (const pipelining of [false, true]) {
      const server = await serve(at("dot", { early, later }), { pipelining });
      const mailer = mailerTo(server.port);
      expect(verdictOf(await mailer.send(aMail()))).toMatchObject({ recipient: "in-doubt" });
      expect(server.accepted).toHaveLength(1);
      expect(await mailer.send(aMail())).toMatchObject({ code: 250 });
      expect(server.sessions).toHaveLength(2);
    }
  });

  test("a refusal after which the server says no more for long is in doubt", async () => {
    const server = await serve(at("dot", { early: "450 4.7.1 Try later", later: 2000 }));
    expect(verdictOf(await mailerTo(server.port).send(aMail()))).toMatchObject({ recipient: "in-doubt" });
  });

  test.each<[string, ScriptPhase, ScriptAct, object]>([
    ["accepted and then refused", "dot", "250 2.0.0 Queued\n550 5.7.1 No", { recipient: "in-doubt" }],
    ["accepted, and the server shuts down", "dot", "250 2.0.0 Queued\n421 4.3.2 Bye", { recipient: "sent" }],
    ["refused, and the server says goodbye", "dot", "554 5.7.1 Spam", { recipient: "failed" }],
    ["refused, and the server hangs up", "quit", "reset", { recipient: "deferred" }],
  ])("%s", async (_name, phase, act, verdict) => {
    const refused: Script = (now) => (now === "dot" ? "450 4.2.0 Later" : undefined);
    const server = await serve(
      (now, where) => at(phase, act)(now, where) ?? (phase === "quit" ? refused(now, where) : undefined),
    );
    expect(verdictOf(await mailerTo(server.port).send(aMail()))).toMatchObject(verdict);
  });

  const extra = "550 5.1.1 No such user";
  const doubled: [ScriptPhase, string][] = [
    ["greeting", `220 inbox.test\n${extra}`],
    ["ehlo", `250-inbox.test\n250 PIPELINING\n${extra}`],
    ["mail", `250 2.1.0 Ok\n${extra}`],
    ["mail", "250 2.1.0 Ok\n250 2.1.0 Ok"],
    ["rcpt", "250 2.1.5 Ok\n250 2.1.5 Ok"],
    ["data", "250 2.0.0 Ok\n354 Go ahead"],
  ];
  test.each(doubled)(
    "a reply too many at %s (%s): nothing is sent, the next message goes over a new connection",
    async (phase, lines) => {
      for (const pipelining of [false, true]) {
        const server = await serve((now, { connection }) => (now === phase && connection === 0 ? lines : undefined), {
          pipelining,
        });
        const mailer = mailerTo(server.port);
        const verdict = verdictOf(await mailer.send(aMail()));
        expect(verdict).toMatchObject({ recipient: "deferred", suppress: false });
        expect(server.messages).toEqual([]);
        expect(await mailer.send(aMail())).toMatchObject({ code: 250, phase: "dot" });
        expect(server.sessions).toHaveLength(2);
      }
    },
  );

  test.each(["421 4.4.2 Idle", "550 5.1.1 No such user", "250 2.0.0 Queued", "ABC", "25"])(
    "%s between two messages is not the reply to the next one",
    async (line) => {
      const act = { bytes: line === "25" ? line : `${line}\r\n` };
      const server = await serve((now, { connection }) => (now === "idle" && connection === 0 ? act : undefined));
      const mailer = mailerTo(server.port);
      const responses = [await mailer.send(aMail()), await mailer.send(aMail())];
      await new Promise((resolve) => setTimeout(resolve, 30));
      responses.push(await mailer.send(aMail()));
      expect(responses.slice(1).map(({ code }) => code)).toEqual([250, 250]);
      expect(server.accepted.length).toBe(3);
    },
  );

  test("a reply too many to RSET costs the connection, not the next message", async () => {
    const server = await serve((now, { connection }) => {
      if (connection > 0) return undefined;
      return now === "rcpt" ? "550 5.1.1 No such user" : now === "rset" ? "250 Ok\n550 5.1.1 No such user" : undefined;
    });
    const mailer = mailerTo(server.port);
    expect(await mailer.send(aMail())).toMatchObject({ code: 550, phase: "rcpt" });
    expect(await mailer.send(aMail())).toMatchObject({ code: 250, phase: "dot" });
  });
});

describe("acceptance 51: a server that does not speak SMTP is a fault of the account, never of a person, and is found at once", () => {
  const garbage: [string, ScriptAct][] = [
    ["letters", "ABC hello"],
    ["three letters", "ABC"],
    ["HTTP", "HTTP/1.1 400 Bad Request\nServer: nginx\n\n<html>"],
    ["JSON", '{"error": "rate limited"}'],
    ["an empty line", { bytes: "\r\n" }],
    ["NUL", { bytes: "250 o\0k\r\n" }],
    ["code 000", "000 what"],
    ["code 999", "999 what"],
    ["a code of four digits", "2500 ok"],
    ["two codes in one reply", "250-fine\n550 not fine"],
    ["1 MB without an end", { bytes: "x".repeat(1 << 20) }],
    ["a reply that never ends", { bytes: "250-more\r\n".repeat(100_000) }],
  ];
  const phases: ScriptPhase[] = ["greeting", "ehlo", "auth", "mail", "rcpt", "data", "dot"];
  const access = { username: "office", password: "right" };
  const times = { ...shortTimes, commandMilliseconds: 20_000, dotMilliseconds: 20_000, greetingMilliseconds: 20_000 };

  for (const phase of phases)
    test.each(garbage)(`${phase}: %s`, async (_name, act) => {
      const server = await serve((now) => (now === phase ? act : undefined), { extensions: ["AUTH PLAIN"] });
      const began = performance.now();
      const response = await mailerTo(server.port, { access, times }).send(aMail());
      expect(performance.now() - began).toBeLessThan(5000);
      expect(response).toMatchObject({ dataSent: phase === "dot", phase, failure: "protocol" });
      expect(response.code).toBeUndefined();
      expect(Buffer.byteLength(response.response ?? "")).toBeLessThanOrEqual(2048);
      expect(verdictOf(response)).toMatchObject(
        phase === "dot"
          ? { recipient: "in-doubt", account: "in-doubt" }
          : { recipient: "deferred", account: "unreachable", suppress: false },
      );
    });

  test("replies are read in whatever pieces they come, and empty lines behind them do no harm", async () => {
    const server = await serve((now) => {
      if (now === "ehlo") return { bytes: "250-inbox.test\r\n250-PIPELINING\r\n250 HELP\r\n", pieceBytes: 1 };
      if (now === "dot") return { bytes: "250-2.0.0 Queued\r\n250 2.0.0 as 1\r\n\r\n", pieceBytes: 3 };
      return undefined;
    });
    const mailer = mailerTo(server.port, { times });
    expect(await mailer.send(aMail())).toMatchObject({ code: 250, response: "250-2.0.0 Queued\n250 2.0.0 as 1" });
  });

  test("a long reply is cut at 2 KB where it enters", async () => {
    const long = `550-5.1.1 ${"ü".repeat(3000)}\n550 5.1.1 No such user`;
    const server = await serve((now) => (now === "rcpt" ? long : undefined));
    const response = await mailerTo(server.port).send(aMail());
    expect(response).toMatchObject({ code: 550, enhanced: "5.1.1" });
    expect(Buffer.byteLength(response.response!)).toBeLessThanOrEqual(2048);
    expect(response.response).not.toContain("\uFFFD");
  });
});
