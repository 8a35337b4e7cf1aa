import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { loopbackCertificate, loopbackKey } from "@email-agent/shared/testing/loopbackCertificate.ts";
import { SMTPServer } from "smtp-server";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ScriptAct } from "../../testing/scriptAct.ts";
import { type ScriptPhase, scriptedServer } from "../../testing/scriptedServer.ts";
import { aMail, mailerTo, serve, shortTimes as short } from "../../testing/smtpBench.ts";
import { serveTls } from "../../testing/tlsServer.ts";

const verdictOf = (response: Parameters<typeof smtpVerdict>[0]) => smtpVerdict(response, { dailyLimitTexts: [] });

describe("acceptance 27: a broken connection never hides that the message may have gone out", () => {
  const beforeData: ScriptPhase[] = ["greeting", "ehlo", "mail", "rcpt", "data"];
  const afterData: ScriptPhase[] = ["body", "dot"];
  const ends: ScriptAct[] = ["close", "reset", "silence"];
  const cases = [...beforeData, ...afterData].flatMap((phase) => ends.map((end) => [phase, end] as const));

  for (const pipelining of [false, true])
    test.each(cases.filter(([phase]) => !pipelining || phase !== "ehlo"))(
      `${pipelining ? "pipelined, " : ""}%s: %s`,
      async (phase, end) => {
        const server = await serve((at) => (at === phase ? end : undefined), { pipelining });
        const response = await mailerTo(server.port).send(aMail());
        const mayHaveGone = afterData.includes(phase);
        expect(response).toMatchObject({ dataSent: mayHaveGone });
        expect(response.code).toBeUndefined();
        // A reset right after the greeting may be seen before the connection counts as open.
        const lost = phase === "greeting" && end === "reset" ? /^(lost|connect)$/ : /^lost$/;
        expect(response.failure).toMatch(end === "silence" ? /^timeout$/ : lost);
        expect(verdictOf(response)).toMatchObject(
          mayHaveGone
            ? { recipient: "in-doubt", account: "in-doubt" }
            : { recipient: "deferred", account: "unreachable" },
        );
        expect(server.messages).toHaveLength(phase === "dot" ? 1 : 0);
      },
    );

  test.each([...beforeData, "dot" as const])(
    "421 at %s is a reply: not taken, the account slows down",
    async (phase) => {
      const reply = "421-4.3.2 Shutting down\n421 4.3.2 come back later";
      const server = await serve((at) => (at === phase ? reply : undefined));
      const response = await mailerTo(server.port).send(aMail());
      expect(response).toMatchObject({ code: 421, enhanced: "4.3.2", phase });
      expect(response.response).toContain("come back later");
      expect(verdictOf(response)).toMatchObject({ recipient: "deferred", account: "throttled" });
    },
  );

  test("a refused recipient stays refused when the connection breaks before the reply to DATA", async () => {
    const script = (at: ScriptPhase) =>
      at === "rcpt" ? "550 5.1.1 No such user" : at === "data" ? "close" : undefined;
    const server = await serve(script, { pipelining: true });
    const response = await mailerTo(server.port).send(aMail());
    expect(response).toMatchObject({ dataSent: false, phase: "rcpt", code: 550, enhanced: "5.1.1" });
    expect(verdictOf(response)).toMatchObject({ recipient: "failed", suppress: true });
  });

  test("a server that accepts DATA after refusing the recipient gets no message", async () => {
    const server = await serve((at) => (at === "rcpt" ? "550 5.1.1 No such user" : undefined), { pipelining: true });
    const response = await mailerTo(server.port).send(aMail());
    expect(response).toMatchObject({ dataSent: false, phase: "rcpt", code: 550 });
  });

  test("a mailer that is closed returns what is known of the message in flight", async () => {
    for (const [phase, dataSent] of [
      ["rcpt", false],
      ["dot", true],
    ] as const) {
      let reached = () => {};
      const atPhase = new Promise<void>((resolve) => {
        reached = resolve;
      });
      const server = await serve((at) => {
        if (at !== phase) return undefined;
        reached();
        return "silence";
      });
      const mailer = mailerTo(server.port, {
        times: { ...short, commandMilliseconds: 20_000, dotMilliseconds: 20_000 },
      });
      const sending = mailer.send(aMail());
      await atPhase;
      await mailer[Symbol.asyncDispose]();
      expect(await sending).toMatchObject({ dataSent, failure: "lost" });
      expect(await mailer.send(aMail())).toMatchObject({ dataSent: false });
    }
  });

  test("a closed port and an unknown host are connection and DNS failures", async () => {
    const server = await scriptedServer();
    await server[Symbol.asyncDispose]();
    const refused = await mailerTo(server.port).send(aMail());
    expect(refused).toMatchObject({ dataSent: false, phase: "connect", failure: "connect" });
    const unknown = await mailerTo(25, { access: { host: "no-such-host.invalid" } }).send(aMail());
    expect(unknown).toMatchObject({ dataSent: false, phase: "connect", failure: "dns" });
  });

  test.each<[ScriptPhase, string, object]>([
    ["rcpt", "450 4.2.0 Greylisted", { recipient: "deferred", account: "soft-refusal" }],
    ["mail", "553 5.7.1 Sender not allowed", { recipient: "failed", account: "sender-refused" }],
    ["dot", "454 Throttling failure: Maximum sending rate exceeded.", { recipient: "deferred", account: "throttled" }],
    ["dot", "550 5.4.5 Daily user sending limit exceeded", { recipient: "deferred", dailyLimit: true }],
    ["greeting", "554 5.7.1 No service", { recipient: "deferred", account: "unreachable" }],
  ])("%s gets %s", async (phase, reply, verdict) => {
    for (const pipelining of [false, true]) {
      const server = await serve((at) => (at === phase ? reply : undefined), { pipelining });
      expect(verdictOf(await mailerTo(server.port).send(aMail()))).toMatchObject(verdict);
    }
  });
});

describe("one connection", () => {
  test("takes one message after the other, also behind refused ones, and is reopened after its number", async () => {
    const refused = (phase: ScriptPhase, { message }: { message: number }) =>
      phase === "rcpt" && message === 0 ? "450 4.2.0 Greylisted" : undefined;
    const server = await serve(refused);
    const mailer = mailerTo(server.port, { perConnection: 2 });
    const responses = await Promise.all([1, 2, 3].map((n) => mailer.send(aMail({ messageId: `<${n}@example.com>` }))));
    expect(responses.map(({ code }) => code)).toEqual([450, 450, 450]);
    expect(server.sessions.map((commands) => commands.filter((line) => line.startsWith("MAIL")).length)).toEqual([
      2, 1,
    ]);
    expect(server.sessions[0]).toContain("RSET");
    expect(server.sessions[0]).toContain("QUIT");
  });

  test("that was idle too long, or was closed by the server meanwhile, is replaced", async () => {
    const server = await serve();
    const mailer = mailerTo(server.port, { times: { ...short, idleMilliseconds: 30 } });
    await mailer.send(aMail());
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await mailer.send(aMail())).toMatchObject({ code: 250 });
    expect(server.sessions).toHaveLength(2);
  });

  test("is opened before its first message by ready, whose failure is the response to one message", async () => {
    let isAway = true;
    const server = await serve((phase) => (phase === "greeting" && isAway ? "421 4.3.2 Not now" : undefined));
    const mailer = mailerTo(server.port);
    await mailer.ready();
    expect(server.sessions).toHaveLength(1);
    isAway = false;
    expect(await mailer.send(aMail())).toMatchObject({ code: 421, phase: "greeting" });
    expect(await mailer.send(aMail())).toMatchObject({ code: 250, phase: "dot" });
    expect(server.messages).toHaveLength(1);
  });

  test.each<ScriptPhase>(["greeting", "mail"])(
    "that is refused at %s before its first message for too many of them is throttled, later ones ask for a new connection",
    async (phase) => {
      const reply = "421 4.3.2 too many messages in this connection";
      const fresh = await serve((at) => (at === phase ? reply : undefined));
      const first = await mailerTo(fresh.port).send(aMail());
      expect(first).toMatchObject({ code: 421, phase, messagesBefore: 0 });
      expect(verdictOf(first)).toMatchObject({ account: "throttled" });

      const used = await serve((at, { message }) => (at === "mail" && message === 2 ? reply : undefined));
      const mailer = mailerTo(used.port);
      const responses = [];
      for (let n = 0; n < 3; n++) responses.push(await mailer.send(aMail()));
      expect(responses.at(-1)).toMatchObject({ code: 421, messagesBefore: 2 });
      expect(verdictOf(responses.at(-1)!)).toMatchObject({ recipient: "deferred", account: "session-limit" });
    },
  );

  test("gets dots at the start of a line through whole", async () => {
    const server = await serve();
    await mailerTo(server.port).send(aMail({ text: ".\r\n..two\r\nend" }));
    expect(server.messages[0]).toContain("\r\n.\r\n..two\r\nend");
  });

  test("takes no address that could smuggle a command", async () => {
    const server = await serve();
    const to = { name: "", address: "ana@example.org>\r\nRCPT TO:<eve@example.org" };
    const response = await mailerTo(server.port).send(aMail({ to }));
    expect(verdictOf(response)).toMatchObject({ recipient: "failed", suppress: false });
    expect(server.sessions.flat().filter((line) => line.startsWith("RCPT"))).toEqual([]);
  });
});

describe("acceptance 25: the server's certificate", () => {
  const login = { username: "office", password: "right" };

  test.each(["starttls", "tls"] as const)(
    "self-signed is refused (%s), ends the run and shows no password",
    async (security) => {
      const port = await serveTls({ secure: security === "tls" });
      const response = await mailerTo(port, { access: { security, ...login } }).send(aMail());
      expect(response).toMatchObject({ dataSent: false, failure: "certificate" });
      const verdict = verdictOf(response);
      expect(verdict).toMatchObject({ recipient: "deferred", runError: "certificate" });
      expect(JSON.stringify({ response, verdict })).not.toContain("right");
    },
  );

  test("for another host name is refused", async () => {
    const port = await serveTls();
    const access = { host: "127.0.0.2", security: "starttls" as const };
    const other = new SMTPServer({ key: loopbackKey, cert: loopbackCertificate, authOptional: true });
    other.on("error", () => {});
    other.listen(0, "127.0.0.2");
    await once(other.server, "listening");
    onTestFinished(() => new Promise<void>((resolve) => other.close(() => resolve())));
    const otherPort = (other.server.address() as AddressInfo).port;
    const response = await mailerTo(otherPort, { access, trustedCertificates: loopbackCertificate }).send(aMail());
    expect(response).toMatchObject({ failure: "certificate" });
    expect(port).not.toBe(otherPort);
  });

  test.each(["starttls", "tls"] as const)(
    "that is trusted carries authentication and message (%s)",
    async (security) => {
      const port = await serveTls({
        secure: security === "tls",
        authOptional: false,
        onAuth: ({ username, password }, _session, done) =>
          username === "office" && password === "right" ? done(null, { user: "office" }) : done(new Error("wrong")),
      });
      const options = { trustedCertificates: loopbackCertificate };
      const good = mailerTo(port, { ...options, access: { security, ...login } });
      expect(await good.send(aMail())).toMatchObject({ code: 250, dataSent: true });
      const bad = mailerTo(port, { ...options, access: { security, username: "office", password: "wrong" } });
      const response = await bad.send(aMail());
      expect(response).toMatchObject({ code: 535, phase: "auth", dataSent: false });
      expect(verdictOf(response)).toMatchObject({ recipient: "deferred", runError: "authentication" });
    },
  );

  test("starttls is required: a server without it gets no message", async () => {
    const server = await serve((phase) => (phase === "ehlo" ? "250 inbox.test" : undefined));
    const response = await mailerTo(server.port, { access: { security: "starttls", ...login } }).send(aMail());
    expect(response).toMatchObject({ dataSent: false, phase: "starttls" });
    expect(server.sessions.flat().some((line) => /^(AUTH|MAIL)/.test(line))).toBe(false);
    expect(verdictOf(response)).toMatchObject({ recipient: "deferred" });
  });

  test("below TLS 1.2 is refused", async () => {
    const port = await serveTls({
      secure: true,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    const access = { security: "tls" as const };
    const response = await mailerTo(port, { access, trustedCertificates: loopbackCertificate }).send(aMail());
    expect(response).toMatchObject({ dataSent: false, failure: "tls" });
  });
});
