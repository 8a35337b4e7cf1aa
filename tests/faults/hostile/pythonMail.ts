import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { python } from "../../judges/dkimJudges.ts";
import { NotPossibleHere } from "../scenario.ts";

interface ReadPerson {
  readonly name: string;
  readonly address: string;
}

interface ReadByPython {
  readonly fields: readonly string[];
  readonly subject: string;
  readonly from: readonly ReadPerson[];
  readonly to: readonly ReadPerson[];
  readonly text: string;
  readonly html: string;
  readonly defects: readonly string[];
}

export interface PythonMail extends AsyncDisposable {
  read(raw: Buffer): Promise<ReadByPython>;
}

/** A mail in base64 is a line of input, what it holds a line of output. */
const script = `
import base64, email, email.header, email.policy, email.utils, json, sys
decode = lambda text: str(email.header.make_header(email.header.decode_header(text)))
unfold = lambda text: "" if text is None else str(text).replace("\\r\\n", "").replace("\\n", "")
def people(message, name):
  return [{"name": decode(shown), "address": address} for shown, address in email.utils.getaddresses([unfold(message[name])])]
print("ready", flush=True)
for line in sys.stdin:
  raw = base64.b64decode(line)
  message = email.message_from_bytes(raw, policy=email.policy.default)
  # Its newer parser of addresses keeps the blank between two encoded words (RFC 2047 6.2) before Python 3.13; the older one does not.
  plain = email.message_from_bytes(raw)
  print(json.dumps({
    "fields": plain.keys(), "subject": decode(unfold(plain["subject"])), "from": people(plain, "from"), "to": people(plain, "to"),
    "text": message.get_body(("plain",)).get_content(), "html": message.get_body(("html",)).get_content(),
    "defects": [str(defect) for part in message.walk() for defect in part.defects],
  }), flush=True)
`;

/** A process that reads mails with Python's parser, another author's than ours. Rejects with `NotPossibleHere` without Python. */
export async function openPythonMail(): Promise<PythonMail> {
  const child = spawn(python, ["-c", script], { stdio: ["pipe", "pipe", "inherit"] });
  const failed = once(child, "error").then(([error]) => {
    throw new NotPossibleHere(`Python does not start (${error.message}): install python3.`);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "exit");
  const first = await Promise.race([lines.next(), failed]);
  if (first.value !== "ready") throw new NotPossibleHere("Python does not start: install python3.");
  failed.catch(() => {});
  return {
    async read(raw) {
      child.stdin.write(`${raw.toString("base64")}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("Python's parser crashed.");
      return JSON.parse(value);
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
