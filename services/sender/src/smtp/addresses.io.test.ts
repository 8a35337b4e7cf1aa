import { smtpVerdict } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { aMail, mailerTo, serve } from "../../testing/smtpBench.ts";

const to = (address: string) => aMail({ to: { name: "Ana", address } });
const commands = (lines: readonly string[]) =>
  lines.filter((line) => /^(MAIL|RCPT)/.test(line)).map((line) => Buffer.from(line, "latin1").toString("utf8"));

describe("acceptance 52: every address goes over the wire as its server can take it, or not at all", () => {
  test.each([
    ["ana@example.org", "ana@example.org"],
    ["ana..maria@example.org", '"ana..maria"@example.org'],
    [".ana@example.org", '".ana"@example.org'],
    ["ana.@docomo.ne.jp", '"ana."@docomo.ne.jp'],
    ["ana+news@bücher.example", "ana+news@xn--bcher-kva.example"],
    ["o'neill@example.org", "o'neill@example.org"],
  ])("%s is written as %s, in the command and in the header", async (address, written) => {
    const server = await serve();
    expect(await mailerTo(server.port).send(to(address))).toMatchObject({ code: 250 });
    expect(commands(server.sessions[0]!)).toEqual(["MAIL FROM:<bounces@example.com>", `RCPT TO:<${written}>`]);
    expect(server.messages[0]).toContain(`\r\nTo: Ana <${written}>\r\n`);
    const parsed = await PostalMime.parse(server.messages[0]!);
    expect(parsed.to?.[0]?.address?.replaceAll('"', "")).toBe(written.replaceAll('"', ""));
  });

  test("letters outside ASCII before the @ need SMTPUTF8: without it nothing is sent, the person is failed in plain words", async () => {
    for (const pipelining of [false, true]) {
      const server = await serve(undefined, { pipelining });
      const mailer = mailerTo(server.port);
      const response = await mailer.send(to("jösé@example.org"));
      const verdict = smtpVerdict(response, { dailyLimitTexts: [] });
      expect(verdict).toMatchObject({ recipient: "failed", permanent: true, suppress: false, account: "refused" });
      expect(verdict.reason).toContain("letters outside ASCII before the @");
      expect(response.dataSent).toBe(false);
      expect(commands(server.sessions.flat())).toEqual([]);
      // The connection is as good as before.
      expect(await mailer.send(to("ana@example.org"))).toMatchObject({ code: 250 });
      expect(server.sessions).toHaveLength(1);
    }
  });

  test("with SMTPUTF8 it is announced, and the header holds the address as it is", async () => {
    const server = await serve(undefined, { extensions: ["SMTPUTF8"] });
    const mailer = mailerTo(server.port);
    expect(await mailer.send(to("jösé@bücher.example"))).toMatchObject({ code: 250 });
    expect(commands(server.sessions[0]!)).toEqual([
      "MAIL FROM:<bounces@example.com> BODY=8BITMIME SMTPUTF8",
      "RCPT TO:<jösé@xn--bcher-kva.example>",
    ]);
    const raw = Buffer.from(server.messages[0]!, "latin1").toString("utf8");
    expect(raw).toContain("\r\nTo: Ana <jösé@xn--bcher-kva.example>\r\n");
    // The next message has no need of it.
    await mailer.send(to("ana@example.org"));
    expect(commands(server.sessions[0]!).at(-2)).toBe("MAIL FROM:<bounces@example.com>");
  });

  test("such an address of the sender is a fault of the account, not of the person", async () => {
    const server = await serve();
    const from = { name: "Office", address: "büro@example.com" };
    const response = await mailerTo(server.port).send(aMail({ from }));
    const verdict = smtpVerdict(response, { dailyLimitTexts: [] });
    expect(verdict).toMatchObject({ recipient: "failed", permanent: false, account: "sender-refused" });
    expect(commands(server.sessions.flat())).toEqual([]);
  });
});
