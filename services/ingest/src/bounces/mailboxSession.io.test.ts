import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { expect, onTestFinished, test } from "vitest";
import { openMailbox } from "./mailboxSession.ts";

/** An IMAP server that refuses every search, as one whose index is damaged does. */
async function serverWithoutSearch(): Promise<number> {
  const server = createServer((socket) => {
    const say = (...lines: string[]) => socket.write(lines.map((line) => `${line}\r\n`).join(""));
    say("* OK [CAPABILITY IMAP4rev1] ready");
    let rest = "";
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      const lines = `${rest}${data}`.split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [tag, ...words] = line.split(" ");
        const command = words.join(" ").toUpperCase();
        if (command.startsWith("UID SEARCH")) say(`${tag} NO [SERVERBUG] The index is damaged`);
        else if (command.startsWith("CAPABILITY")) say("* CAPABILITY IMAP4rev1", `${tag} OK done`);
        else if (command.startsWith("LIST")) say('* LIST () "/" "INBOX"', `${tag} OK done`);
        else if (command.startsWith("SELECT"))
          say(
            "* FLAGS ()",
            "* 3 EXISTS",
            "* OK [UIDVALIDITY 7] ok",
            "* OK [UIDNEXT 4] ok",
            `${tag} OK [READ-WRITE] done`,
          );
        else say(`${tag} OK done`);
      }
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test("a server that refuses to search is a fault, and not an empty mailbox", async () => {
  const port = await serverWithoutSearch();
  const access = { host: "127.0.0.1", port, security: "none", folder: "INBOX", username: "a", password: "b" } as const;
  await using session = await openMailbox(access, { signal: new AbortController().signal, clock: systemClock });
  expect(session.uidValidity).toBe("7");
  await expect(session.uidsAbove(0, Date.now())).rejects.toMatchObject({
    code: "dependency",
    message: expect.stringContaining("refuses to search"),
  });
});
