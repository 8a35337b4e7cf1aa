import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSesEvent } from "@email-agent/shared/domain/bounces/sesEvent.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import nodemailer, { type SendMailOptions } from "nodemailer";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Inbox, type InboxOptions, type SmtpScript, startInbox } from "./inbox.ts";

let inbox: Inbox;
let open: { close(): void }[];
beforeEach(async () => {
  inbox = await startInbox();
  open = [];
});
afterEach(async () => {
  for (const transport of open) transport.close();
  await inbox[Symbol.asyncDispose]();
});

interface SmtpFailure {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
}

/** A real client on one connection after the other. */
function client(options: object = {}, to = inbox) {
  const transport = nodemailer.createTransport({
    host: "127.0.0.1",
    port: to.smtpPort,
    secure: false,
    ignoreTLS: true,
    socketTimeout: 300,
    greetingTimeout: 300,
    ...options,
  });
  open.push(transport);
  const mail = (fields: SendMailOptions = {}) =>
    transport.sendMail({ from: "office@example.org", to: "ana@example.net", subject: "Hello", text: "Hi", ...fields });
  const failure = (fields: SendMailOptions = {}) =>
    mail(fields).then(
      () => undefined,
      (error: SmtpFailure) => error,
    );
  return { mail, failure };
}

async function another(options: InboxOptions): Promise<AsyncDisposable & { inbox: Inbox }> {
  const started = await startInbox(options);
  return { inbox: started, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}

const api = async (path: string, options: RequestInit = {}) => {
  const response = await fetch(`${inbox.url}/api/${path}`, options);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const mailing = (mailingKey: string, runId = "run-1") => ({
  "X-Email-Agent-Mailing": mailingKey,
  "X-Email-Agent-Run": runId,
});

describe("inbox", () => {
  test("a mail arrives whole: envelope, decoded subject, marks, both parts, lines that begin with a dot", async () => {
    const text = `Grüße\n.dot\n..two\n${"long ".repeat(300)}\n.`;
    await client().mail({
      to: "Ana.García@Example.net",
      subject: "Einladung für Ana — 招待 and a tail that makes the header fold over several lines ✓",
      text,
      html: "<p>Grüße</p>",
      headers: mailing("E_s_reg_EN"),
    });
    const [mail] = inbox.messages();
    expect(mail).toMatchObject({
      id: 1,
      from: "office@example.org",
      to: ["ana.garcía@example.net"],
      subject: "Einladung für Ana — 招待 and a tail that makes the header fold over several lines ✓",
      mailingKey: "E_s_reg_EN",
      runId: "run-1",
    });
    const parsed = await inbox.parsed(1);
    expect(parsed.text?.replaceAll("\r\n", "\n").trimEnd()).toBe(text);
    expect(parsed.html?.trim()).toBe("<p>Grüße</p>");
    expect(parsed.messageId).toBe(mail?.messageId);
  });

  test("the API lists newest first, searches, pages, shows one mail, and deletes", async () => {
    const { mail } = client();
    for (const name of ["ana", "bo", "cy"]) await mail({ to: `${name}@example.net`, subject: `Für ${name}` });
    const ids = async (query: string) => {
      const { messages } = (await api(`messages?${query}`)).body as { messages: { id: number }[] };
      return messages.map(({ id }) => id);
    };
    expect(await ids("")).toEqual([3, 2, 1]);
    expect(await ids("to=BO@example.net")).toEqual([2]);
    expect(await ids("q=für+C")).toEqual([3]);
    expect((await api("messages?limit=2")).body).toMatchObject({
      total: 3,
      older: 2,
      messages: [{ id: 3 }, { id: 2 }],
    });
    expect(await ids("limit=2&before=2")).toEqual([1]);
    expect((await api("messages/2")).body).toMatchObject({ subject: "Für bo", text: "Hi\n" });
    expect(await (await fetch(`${inbox.url}/api/messages/2/source`)).text()).toContain("To: bo@example.net");
    expect((await api("messages/9")).status).toBe(404);
    await api("messages", { method: "DELETE" });
    expect((await api("messages")).body).toMatchObject({ total: 0 });
  });

  test("counts and duplicates per mailing and recipient show who got something twice; tests count apart", async () => {
    const { mail } = client();
    const headers = mailing("E_s_reg_EN");
    await mail({ to: "ana@example.net", headers });
    await mail({ to: "ANA@example.net", headers: mailing("E_s_reg_EN", "run-2") });
    await mail({ to: "bo@example.net", headers });
    await mail({ to: "bo@example.net", subject: "TEST: Hello", headers });
    await mail({ to: "bo@example.net", headers: mailing("E_s_reg_SP") });
    expect((await api("counts")).body).toEqual({
      total: 5,
      mailings: [
        { mailingKey: "E_s_reg_EN", test: false, messages: 3, recipients: 2 },
        { mailingKey: "E_s_reg_EN", test: true, messages: 1, recipients: 1 },
        { mailingKey: "E_s_reg_SP", test: false, messages: 1, recipients: 1 },
      ],
    });
    const twice = { mailingKey: "E_s_reg_EN", test: false, recipient: "ana@example.net", ids: [1, 2] };
    expect((await api("duplicates")).body).toEqual({ duplicates: [twice] });
    expect((await api("duplicates?run=run-1")).body).toEqual({ duplicates: [] });
  });

  test("the pages show mail without letting it do anything", async () => {
    const evil = "<script>alert(1)</script>";
    await client().mail({ subject: evil, html: `<b>hi</b>${evil}` });
    const get = (path: string) => fetch(`${inbox.url}${path}`);
    const listPage = await (await get("/")).text();
    expect(listPage).toContain("&lt;script&gt;alert(1)");
    expect(listPage).not.toContain(evil);
    const mailPage = await (await get("/messages/1")).text();
    expect(mailPage).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    expect(mailPage).not.toContain(evil);
    const html = await get("/messages/1/html");
    expect(html.headers.get("content-security-policy")).toMatch(/^sandbox .*default-src 'none'/);
    expect(await html.text()).toContain("<b>hi</b>");
    expect((await get("/nothing")).status).toBe(404);
  });
});

test("a mail comes back as the event that SES would publish of it, with its headers, once the inbox knows where to", async () => {
  const headers = { ...mailing("E_s_reg_EN"), "List-Unsubscribe": "<https://mail.example.org/u/abc>" };
  await client().mail({ to: "ana@example.net", messageId: "<ours@example.org>", headers });
  const send = (kind: string) => api(`messages/1/return?kind=${kind}`, { method: "POST" });
  expect((await send("hard")).status).toBe(404);
  expect(await (await fetch(`${inbox.url}/messages/1`)).text()).not.toContain("Complain");
  const events: string[] = [];
  inbox.sendEventsTo(async (event) => void events.push(event));
  expect(await (await fetch(`${inbox.url}/messages/1`)).text()).toContain("Complain");
  for (const kind of ["hard", "soft", "full", "complaint"]) expect((await send(kind)).status).toBe(202);
  expect((await send("other")).status).toBe(400);
  const reports = events.flatMap((event) => {
    const read = readSesEvent(event, 0);
    return "reports" in read ? read.reports : [];
  });
  const common = { recipient: "ana@example.net", messageId: "<ours@example.org>", mailing: "E_s_reg_EN", run: "run-1" };
  expect(reports).toMatchObject([
    { ...common, kind: "hard", code: "5.1.1" },
    { ...common, kind: "soft", code: "4.4.7" },
    { ...common, kind: "soft", code: "4.2.2" },
    { ...common, kind: "complaint", complaintType: "abuse" },
  ]);
});

describe("inbox, scripted", () => {
  const replies: [SmtpScript, number, string | undefined][] = [
    [{ phase: "greeting", reply: "421 4.3.2 busy" }, 421, undefined],
    [{ phase: "greeting", reply: "554 5.7.1 go away" }, 554, undefined],
    [{ phase: "ehlo", reply: "421 4.3.2 busy" }, 421, undefined],
    [{ phase: "mail", reply: "452 4.3.1 full" }, 452, "MAIL FROM"],
    [{ phase: "rcpt", reply: "450 4.2.1 greylisted" }, 450, "RCPT TO"],
    [{ phase: "rcpt", reply: "550 5.1.1 no such user" }, 550, "RCPT TO"],
    [{ phase: "data", reply: "451 4.3.0 later" }, 451, "DATA"],
    [{ phase: "dot", reply: "454 Throttling failure: Maximum sending rate exceeded." }, 454, "DATA"],
    [{ phase: "dot", reply: "550 5.7.1 policy" }, 550, "DATA"],
    [{ phase: "dot", reply: "421 4.7.28 daily limit" }, 421, "DATA"],
  ];
  test.each(replies)("%j is what the client sees, once, and nothing is kept", async (script, responseCode, command) => {
    const report = inbox.script(script);
    const { failure } = client();
    const failed = await failure();
    expect({ responseCode: failed?.responseCode, kept: inbox.messages().length }).toEqual({ responseCode, kept: 0 });
    if (command) expect(failed?.command).toContain(command);
    expect(failed?.response).toBe(script.reply);
    expect(report.hits).toBe(1);
    expect(await failure()).toBeUndefined();
    expect(inbox.messages()).toHaveLength(1);
  });

  const cuts: [SmtpScript, number][] = [
    [{ phase: "connect", cut: "close" }, 0],
    [{ phase: "connect", cut: "reset" }, 0],
    [{ phase: "connect", cut: "silence" }, 0],
    [{ phase: "greeting", cut: "close" }, 0],
    [{ phase: "ehlo", cut: "reset" }, 0],
    [{ phase: "mail", cut: "silence" }, 0],
    [{ phase: "rcpt", cut: "close" }, 0],
    [{ phase: "data", cut: "reset" }, 0],
    [{ phase: "body", cut: "close" }, 0],
    [{ phase: "body", cut: "silence" }, 0],
    [{ phase: "dot", cut: "close" }, 1],
    [{ phase: "dot", cut: "reset" }, 1],
    [{ phase: "dot", cut: "silence" }, 1],
    [{ phase: "dot", cut: "close", keep: false }, 0],
  ];
  test.each(cuts)("%j fails at the client without an answer and keeps %i", async (script, kept) => {
    inbox.script(script);
    const { failure } = client();
    const failed = await failure();
    expect(failed).toMatchObject({ code: expect.stringMatching(/^(ECONNECTION|ESOCKET|ETIMEDOUT|ECONNRESET)$/) });
    expect(failed?.responseCode).toBeUndefined();
    expect(inbox.messages()).toHaveLength(kept);
    expect(await failure()).toBeUndefined();
  });

  test("trouble can be bound to recipients, senders, and every nth", async () => {
    inbox.script({ phase: "rcpt", recipient: "*@slow.example", reply: "450 4.2.1 greylisted", times: "always" });
    inbox.script({ phase: "mail", sender: "wrong@example.org", reply: "550 5.7.1 not yours", times: "always" });
    inbox.script({ phase: "dot", recipient: "*@example.net", skip: 1, every: 2, times: 2, reply: "451 4.3.0 later" });
    const { failure } = client();
    expect((await failure({ to: "bo@slow.example" }))?.responseCode).toBe(450);
    expect((await failure({ from: "wrong@example.org" }))?.responseCode).toBe(550);
    const codes = [];
    for (let n = 1; n <= 6; n++) codes.push((await failure())?.responseCode);
    expect(codes).toEqual([undefined, 451, undefined, 451, undefined, undefined]);
  });

  test("a delay alone only delays; a connection pool is served on", async () => {
    inbox.script({ phase: "dot", delayMilliseconds: 100 });
    inbox.script({ phase: "rcpt", skip: 1, reply: "550 5.1.1 no such user" });
    const { mail, failure } = client({ pool: true, maxConnections: 1 });
    await mail();
    expect((await failure())?.responseCode).toBe(550);
    await mail();
    expect({ ...inbox.sessions(), kept: inbox.messages().length }).toEqual({ open: 1, most: 1, total: 1, kept: 2 });
  });

  test("another process scripts it and reads what struck; nonsense is refused with a reason", async () => {
    const post = (body: unknown) => api("scripts", { method: "POST", body: JSON.stringify(body) });
    expect((await post({ phase: "dot", reply: "9" })).body["error"]).toContain("a code from 200 to 599");
    expect((await post({ phase: "body", reply: "450 x" })).status).toBe(400);
    expect((await post([{ phase: "rcpt", reply: "450 4.2.1 busy" }])).status).toBe(201);
    expect((await client().failure())?.responseCode).toBe(450);
    expect((await api("scripts")).body).toMatchObject({
      scripts: [{ hits: 1, matches: 1, script: { phase: "rcpt" } }],
    });
    await api("scripts", { method: "DELETE" });
    expect(await client().failure()).toBeUndefined();
  });
});

describe("inbox, accounts and certificates", () => {
  test("a wrong password gets 535, required authentication 530", async () => {
    await using strict = await another({ auth: "required", users: { office: "right" } });
    const sendAs = (auth?: object) => client(auth ? { auth } : {}, strict.inbox).failure();
    expect((await sendAs({ user: "office", pass: "wrong" }))?.responseCode).toBe(535);
    expect((await sendAs({ user: "toString", pass: "x" }))?.responseCode).toBe(535);
    expect((await sendAs())?.responseCode).toBe(530);
    expect(await sendAs({ user: "office", pass: "right" })).toBeUndefined();
    strict.inbox.script({ phase: "auth", reply: "454 4.7.0 later" });
    expect((await sendAs({ user: "office", pass: "right" }))?.responseCode).toBe(454);
  });

  test("a self-signed certificate is shown, and a client that looks refuses it", async () => {
    for (const mode of ["starttls", "tls"] as const) {
      await using secure = await another({ tls: { mode } });
      const options = { ignoreTLS: false, requireTLS: mode === "starttls", secure: mode === "tls" };
      const refused = await client(options, secure.inbox).failure();
      expect(refused?.code).toMatch(/^E(SOCKET|TLS|CONNECTION)$/);
      expect(secure.inbox.messages()).toEqual([]);
      const blind = client({ ...options, tls: { rejectUnauthorized: false } }, secure.inbox);
      expect(await blind.failure()).toBeUndefined();
      expect(secure.inbox.messages()).toHaveLength(1);
    }
  });
});

describe("inbox, kept on disk", () => {
  test("mail survives a restart, half an index line does not harm, ids go on", async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "inbox-"));
    try {
      {
        await using first = await another({ dataFolder });
        await client({}, first.inbox).mail({ subject: "one" });
      }
      await appendFile(join(dataFolder, "mails.index"), '{"id":2,"at":');
      await using second = await another({ dataFolder });
      await client({}, second.inbox).mail({ subject: "two" });
      expect(second.inbox.messages().map(({ id, subject }) => [id, subject])).toEqual([
        [1, "one"],
        [2, "two"],
      ]);
      expect(second.inbox.source(1).toString()).toContain("Subject: one");
      second.inbox.clear();
      await client({}, second.inbox).mail({ subject: "three" });
      expect(second.inbox.messages().map(({ id }) => id)).toEqual([3]);
      expect(second.inbox.source(3).toString()).toContain("Subject: three");
    } finally {
      await rm(dataFolder, { recursive: true });
    }
  });

  test("a client that leaves in the middle of a message leaves nothing behind", async () => {
    const socket = connect(inbox.smtpPort, "127.0.0.1");
    const lines = [
      "EHLO x",
      "MAIL FROM:<a@example.org>",
      "RCPT TO:<b@example.org>",
      "DATA",
      "Subject: half\r\n\r\nhal",
    ];
    for (const line of lines) {
      await new Promise((resolve) => socket.once("data", resolve));
      socket.write(line === lines.at(-1) ? line : `${line}\r\n`);
    }
    socket.destroy();
    await eventually("the session ends", () => inbox.sessions().open === 0);
    expect(inbox.messages()).toEqual([]);
  });
});
