import { type LoopbackServer, loopbackServer } from "./loopbackServer.ts";

/**
 * A policy service of Postfix (SMTPD_POLICY_README) that greylists: a recipient is refused until `milliseconds` after they were
 * first named.
 */
export function greylisting(milliseconds: number): Promise<LoopbackServer> {
  const firstSeen = new Map<string, number>();
  const judge = (recipient: string) => {
    const seen = firstSeen.get(recipient) ?? performance.now();
    firstSeen.set(recipient, seen);
    if (performance.now() - seen >= milliseconds) return "DUNNO";
    return "DEFER 4.7.1 Greylisted, please try again in a moment";
  };
  return loopbackServer((socket) => {
    let text = "";
    socket.on("data", (chunk) => {
      const requests = (text + chunk.toString("latin1")).split("\n\n");
      text = requests.pop()!;
      for (const request of requests) socket.write(`action=${judge(/^recipient=(.*)$/m.exec(request)?.[1] ?? "")}\n\n`);
    });
  });
}
