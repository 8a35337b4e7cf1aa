import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Email } from "postal-mime";
import type { ListedMail } from "../../infra/local/inbox/mailQueries.ts";
import { endChild, nextMessage } from "./childProcess.ts";

/** An inbox in its own process. */
export interface BenchInbox extends AsyncDisposable {
  readonly smtpPort: number;
  readonly pid: number;
  /** The mails of one run, oldest first. */
  mailsOf(runId: string): Promise<ListedMail[]>;
  parsed(id: number): Promise<Pick<Email, "headers" | "html" | "text"> & ListedMail>;
  clear(): Promise<void>;
}

export async function startBenchInbox(): Promise<BenchInbox> {
  const child = fork(fileURLToPath(new URL("./inboxProcess.ts", import.meta.url)));
  const { url, smtpPort } = await nextMessage<{ url: string; smtpPort: number }>(child);
  const json = async (path: string, method = "GET") => {
    const response = await fetch(`${url}/api/${path}`, { method });
    if (!response.ok) throw new Error(`The inbox answered ${response.status} to ${path}.`);
    return response.json();
  };
  return {
    smtpPort,
    pid: child.pid!,
    async mailsOf(runId) {
      const { messages } = (await json(`messages?limit=10000&run=${encodeURIComponent(runId)}`)) as {
        messages: ListedMail[];
      };
      return messages.reverse();
    },
    parsed: (id) => json(`messages/${id}`) as ReturnType<BenchInbox["parsed"]>,
    clear: async () => void (await json("messages", "DELETE")),
    [Symbol.asyncDispose]: () => endChild(child),
  };
}
