import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";

/** The public key of a signature, as DNS holds it: name → text. */
export type KeyRecords = Readonly<Record<string, string>>;

/** A program of another author that verifies DKIM signatures (RFC 6376). */
export interface DkimJudge {
  readonly name: string;
  readonly algorithms: readonly ("rsa" | "ed25519")[];
  /** Why it cannot run here, with what to install. */
  readonly missing?: string;
  /** True if every signature of the message holds. */
  verifies(message: Buffer, keys: KeyRecords): Promise<boolean>;
}

/** Python that has Debian's packages, not one that another tool put in front of it. */
export const python = ["/usr/bin/python3", "/opt/homebrew/bin/python3"].find(existsSync) ?? "python3";
const openDkim = "/usr/sbin/opendkim-testmsg";

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[], input: Buffer | string = "") {
  const child = spawn(program, args, { stdio: "pipe" });
  // A program that ends early closes its input; its code and its output say why.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const failed = new Promise<never>((_, reject) => child.on("error", reject));
  const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? -1)));
  const [stdout, stderr, code] = await Promise.race([
    Promise.all([text(child.stdout), text(child.stderr), ended]),
    failed,
  ]);
  return { stdout, stderr, code };
}

const succeeds = (program: string, args: readonly string[]) =>
  run(program, args).then(
    ({ code }) => code === 0,
    () => false,
  );

/** Every judge, those that are missing here included. */
export async function dkimJudges(): Promise<readonly DkimJudge[]> {
  const hasPython = await succeeds(python, ["-c", "import dkim"]);
  const hasNamespaces = await succeeds("unshare", ["-rnm", "ip", "link", "set", "lo", "up"]);
  return [
    { name: "mailauth", algorithms: ["rsa", "ed25519"], verifies: byMailauth },
    {
      name: "dkimpy",
      algorithms: ["rsa", "ed25519"],
      ...(!hasPython && { missing: "install python3-dkim (Debian, Ubuntu) to let dkimpy verify the signatures" }),
      verifies: byDkimpy,
    },
    {
      name: "opendkim-testmsg",
      // Debian's OpenDKIM 2.11 knows no Ed25519.
      algorithms: ["rsa"],
      ...(!existsSync(openDkim) && { missing: "install opendkim-tools (Debian, Ubuntu) to let OpenDKIM verify them" }),
      ...(existsSync(openDkim) &&
        !hasNamespaces && { missing: "OpenDKIM needs a DNS server of its own, and this system allows no namespaces" }),
      verifies: byOpenDkim,
    },
  ];
}

async function byMailauth(message: Buffer, keys: KeyRecords): Promise<boolean> {
  const resolver = async (name: string, type: string) => {
    const found = type === "TXT" ? keys[name] : undefined;
    if (found === undefined) throw Object.assign(new Error(`no ${type} of ${name}`), { code: "ENOTFOUND" });
    return [[found]];
  };
  const { results } = await dkimVerify(message, { resolver });
  return results.length > 0 && results.every(({ status }) => status.result === "pass");
}

async function byDkimpy(message: Buffer, keys: KeyRecords): Promise<boolean> {
  const script = `
import dkim, json, sys
keys = json.loads(sys.argv[1])
message = sys.stdin.buffer.read()
find = lambda name, timeout=5: keys.get((name.decode() if isinstance(name, bytes) else name).rstrip("."), "").encode()
signatures = len([1 for name, _ in dkim.DKIM(message).headers if name.lower() == b"dkim-signature"])
try:
  print(signatures > 0 and all(dkim.DKIM(message, minkey=1024).verify(idx=n, dnsfunc=find) for n in range(signatures)))
except dkim.DKIMException:
  print(False)
`;
  const { stdout, stderr, code } = await run(python, ["-c", script, JSON.stringify(keys)], message);
  if (code !== 0) throw new Error(`dkimpy failed: ${stderr}`);
  return stdout.trim() === "True";
}

/** It looks the key up in the system's DNS, so it runs in namespaces of its own where that is a server of ours. */
async function byOpenDkim(message: Buffer, keys: KeyRecords): Promise<boolean> {
  const server = join(import.meta.dirname, "keyServer.ts");
  const script = `
set -e
ip link set lo up
mount -t tmpfs none /mnt
echo nameserver 127.0.0.1 > /mnt/resolv.conf
mount --bind /mnt/resolv.conf /etc/resolv.conf
"$0" "$1" "$2" ${openDkim} -t /mnt
`;
  const args = ["-rnm", "sh", "-c", script, process.execPath, server, JSON.stringify(keys)];
  const { stderr, stdout, code } = await run("unshare", args, message);
  // It also refuses a message that has two From fields as no message at all.
  if (code !== 0 && !/testmsg: dkim_\w+\(\)/.test(stderr)) throw new Error(`OpenDKIM failed: ${stderr}${stdout}`);
  return code === 0 && stderr === "";
}
