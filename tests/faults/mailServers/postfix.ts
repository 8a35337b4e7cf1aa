import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { freePort } from "../../../infra/local/freePort.ts";
import { NotPossibleHere } from "../scenario.ts";
import { childrenOf, launch, type MailServer, needOwnMounts, signal } from "./mailServer.ts";

const daemons = "/usr/lib/postfix/sbin";
const run = promisify(execFile);

/** Where it is false, the scenarios of Postfix are skipped. */
export const hasPostfix = process.getuid?.() === 0 && existsSync(join(daemons, "master"));

interface PostfixOptions {
  /** Settings of main.cf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The queue is on a disk of this size. */
  readonly queueMegabytes?: number;
}

/** A Postfix with its own configuration and queue. It takes everything over and discards it. */
export async function startPostfix({ settings = {}, queueMegabytes }: PostfixOptions = {}): Promise<MailServer> {
  if (!hasPostfix) throw new NotPossibleHere("Postfix is not installed, or this is not root, which it needs.");
  if (queueMegabytes !== undefined) await needOwnMounts();
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "email-agent-postfix-"));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  // Its processes run as another user.
  if (((await stat(tmpdir())).mode & 1) === 0) await chmod(tmpdir(), 0o711);
  await chmod(folder, 0o755);
  const queueFolder = join(folder, "queue");
  const logPath = join(folder, "log");
  for (const name of ["queue", "data", "etc"]) await mkdir(join(folder, name));
  await run("chown", ["postfix", join(folder, "data")]);
  const port = await freePort();
  await writeFile(join(folder, "etc", "main.cf"), mainOf(folder, settings));
  await writeFile(join(folder, "etc", "master.cf"), masterOf(port));
  await writeFile(logPath, "");
  if (queueMegabytes === undefined) await run("postfix", ["-c", join(folder, "etc"), "check"]);

  const log = () => readFile(logPath, "utf8");
  const master = [join(daemons, "master"), "-c", join(folder, "etc"), "-s"];
  const disk = queueMegabytes === undefined ? [] : onSmallDisk(folder, queueMegabytes);
  const begin = () => launch("Postfix", port, [...disk, ...master]);
  const kill = async () => {
    // Its logger ends last: what was logged before the crash is in the log, as with the syslog of a machine.
    signal(server.pid, "SIGSTOP");
    const children = await childrenOf(server.pid);
    for (const { pid, name } of children) if (name !== "postlogd") signal(pid, "SIGKILL");
    await pause(300);
    signal(server.pid, "SIGKILL");
    for (const { pid } of children) signal(pid, "SIGKILL");
    await server.ended;
  };
  let server = await begin();
  const visibleQueue = () => (queueMegabytes === undefined ? queueFolder : `/proc/${server.pid}/root${queueFolder}`);
  starting.defer(kill);
  const running = starting.move();
  return {
    port,
    get queueFolder() {
      return visibleQueue();
    },
    log,
    async accepted() {
      await eventually("Postfix has an empty queue", async () => (await waiting(visibleQueue())) === 0, {
        withinSeconds: 60,
      });
      await pause(200);
      return acceptedBy(await log());
    },
    kill,
    async start() {
      server = await begin();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What goes before the command. The mount is its own alone, so it ends with it, also when this process is killed. */
function onSmallDisk(folder: string, megabytes: number): string[] {
  const mount = `mount -t tmpfs -o size=${megabytes}m tmpfs ${join(folder, "queue")}`;
  const check = `postfix -c ${join(folder, "etc")} check`;
  return ["unshare", "--mount", "sh", "-c", `${mount} && ${check} && exec "$@"`, "sh"];
}

/** A message is taken over once the queue manager has it; before that, its file is incomplete and will be removed. */
function acceptedBy(log: string): string[] {
  const taken = new Set([...log.matchAll(/qmgr\[\d+\]: (\w+): from=.*\(queue active\)/g)].map(([, id]) => id!));
  const named = [...log.matchAll(/cleanup\[\d+\]: (\w+): message-id=(<\S+>)/g)];
  return named.filter(([, id]) => taken.has(id!)).map(([, , messageId]) => `Message-ID: ${messageId}`);
}

/** How many messages are on their way. Incomplete files have no right to be executed. */
async function waiting(queueFolder: string): Promise<number> {
  let found = 0;
  for (const name of ["incoming", "active", "deferred"]) {
    const folder = join(queueFolder, name);
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      const mode = entry.isFile() && (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.mode;
      if (mode && (mode & 0o100) !== 0) found += 1;
    }
  }
  return found;
}

function mainOf(folder: string, settings: Readonly<Record<string, string>>): string {
  const all = {
    compatibility_level: "3.6",
    queue_directory: join(folder, "queue"),
    data_directory: join(folder, "data"),
    daemon_directory: daemons,
    command_directory: "/usr/sbin",
    mail_owner: "postfix",
    setgid_group: "postdrop",
    maillog_file: join(folder, "log"),
    maillog_file_prefixes: folder,
    myhostname: "mail.test",
    mydestination: "",
    alias_maps: "",
    alias_database: "",
    inet_interfaces: "127.0.0.1",
    inet_protocols: "ipv4",
    mynetworks: "127.0.0.0/8",
    default_transport: "discard:",
    // Unique over restarts, also on a file system that uses its inodes again.
    enable_long_queue_ids: "yes",
    smtpd_client_event_limit_exceptions: "",
    smtpd_relay_restrictions: "permit_mynetworks, reject",
    smtpd_tls_security_level: "none",
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}

function masterOf(port: number): string {
  return `
127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
postlog unix-dgram n - n - 1 postlogd
`;
}
