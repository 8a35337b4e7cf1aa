import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { loopbackCertificate, loopbackKey } from "@email-agent/shared/testing/loopbackCertificate.ts";
import { freePort } from "../../../infra/local/freePort.ts";
import { startServer } from "../../../infra/local/serverProcess.ts";

/** A Dovecot of this test alone: real IMAP with real TLS on 127.0.0.1, mails as files (Maildir). */
export interface Dovecot extends AsyncDisposable {
  readonly port: number;
  /** Also that of its process group. */
  readonly pid: number;
  /** Every user has it. */
  readonly password: string;
  /** Puts a mail into a folder as a mail server does. Returns the name of its file. */
  deliver(user: string, mail: string | Uint8Array, folder?: string): Promise<string>;
  /** The mails of a folder, in the order of their delivery. */
  mails(user: string, folder?: string): Promise<{ readonly text: string; readonly flags: string }[]>;
  /** Where a folder's files are. */
  pathOf(user: string, folder?: string): string;
  /** Kills it with all its sessions. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and files. */
  start(): Promise<void>;
}

const command = ["/usr/sbin", "/usr/local/sbin", ...(process.env["PATH"] ?? "").split(delimiter)]
  .map((folder) => join(folder, "dovecot"))
  .find(existsSync);

/** Where it is false, the tests that need a Dovecot are skipped with this line. */
export const hasDovecot = command !== undefined;
if (!hasDovecot) {
  const line =
    "Tests of bounce mailboxes are skipped: Dovecot is not installed (Debian, Ubuntu: apt-get install dovecot-imapd).";
  process.stderr.write(`${line}\n`);
}

export async function startDovecot(): Promise<Dovecot> {
  if (!command) throw new Error("Dovecot is not installed: apt-get install dovecot-imapd");
  const folder = await mkdtemp(join(tmpdir(), "email-agent-dovecot-"));
  const owner = ownerOfMails();
  const mailFolder = join(folder, "mail");
  const password = "password-of-the-tests-only";
  await mkdir(mailFolder);
  // The temporary folder of a run is its owner's alone, and Dovecot reads mails as another user.
  if (((await stat(tmpdir())).mode & 1) === 0) await chmod(tmpdir(), 0o711);
  await Promise.all([chmod(folder, 0o755), chown(mailFolder, owner.uid, owner.gid)]);
  await writeFile(join(folder, "certificate.pem"), loopbackCertificate);
  await writeFile(join(folder, "key.pem"), loopbackKey);
  const configPath = join(folder, "dovecot.conf");
  const run = () => ({
    title: "Dovecot",
    command,
    args: ["-F", "-c", configPath],
    readyLine: /starting up for imap/,
  });
  const write = (port: number) => writeFile(configPath, configOf(folder, port, owner, password));
  let server = await startWith(0);
  let counter = 0;

  async function startWith(wanted: number) {
    const port = wanted || (await freePort());
    await write(port);
    return startServer(port, run);
  }
  const pathOf = (user: string, name = "INBOX") => join(mailFolder, user, name === "INBOX" ? "" : `.${name}`);
  return {
    port: server.port,
    get pid() {
      return server.pid;
    },
    password,
    pathOf,
    async deliver(user, mail, name) {
      const path = pathOf(user, name);
      for (const part of ["", "cur", "new", "tmp"]) {
        await mkdir(join(path, part), { recursive: true });
        await chown(join(path, part), owner.uid, owner.gid);
      }
      await chown(join(mailFolder, user), owner.uid, owner.gid);
      counter += 1;
      const file = `${Math.floor(Date.now() / 1000)}.M${String(counter).padStart(6, "0")}P1.test`;
      await writeFile(join(path, "new", file), mail);
      await chown(join(path, "new", file), owner.uid, owner.gid);
      return file;
    },
    async mails(user, name) {
      const path = pathOf(user, name);
      const found = await Promise.all(
        ["new", "cur"].map(async (part) =>
          (await readdir(join(path, part)).catch(() => [])).map((file) => ({ file, path: join(path, part, file) })),
        ),
      );
      const ordered = found.flat().sort((one, other) => (one.file < other.file ? -1 : 1));
      return Promise.all(
        ordered.map(async ({ file, path }) => ({
          text: await readFile(path, "utf8"),
          flags: /:2,(\w*)$/.exec(file)?.[1] ?? "",
        })),
      );
    },
    async stop() {
      // Its sessions would outlive it.
      process.kill(-server.pid, "SIGKILL");
      await server.ended;
    },
    async start() {
      server = await startWith(server.port);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Dovecot serves no mail of root. */
function ownerOfMails(): Owner {
  const { uid, gid } = userInfo();
  return uid === 0 ? { uid: 65_534, gid: 65_534 } : { uid, gid };
}

function configOf(folder: string, port: number, { uid, gid }: Owner, password: string): string {
  const user = userInfo();
  const rootless =
    user.uid === 0
      ? ""
      : `default_internal_user = ${user.username}
default_login_user = ${user.username}
default_internal_group =`;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <${folder}/certificate.pem
ssl_key = <${folder}/key.pem
mail_location = maildir:${folder}/mail/%u
mail_fsync = never
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
${rootless}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
`;
}
