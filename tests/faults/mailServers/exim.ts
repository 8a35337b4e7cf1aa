import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { processEnvironment } from "@email-agent/shared/kit/config.ts";
import { freePort } from "../../../infra/local/freePort.ts";
import { NotPossibleHere } from "../scenario.ts";
import { launch, type MailServer, needOwnMounts, signal } from "./mailServer.ts";

/** The user that it runs as, which has no rights. */
const nobody = 65_534;
/** Debian's Exim does not start without its user. */
const user = "Debian-exim";

const program = ["/usr/sbin", "/usr/local/sbin", ...(processEnvironment()["PATH"] ?? "").split(delimiter)]
  .flatMap((folder) => ["exim4", "exim"].map((name) => join(folder, name)))
  .find(existsSync);

interface EximOptions {
  /** Lines of its main configuration. */
  readonly main?: string;
  /** Lines of its section of access lists. */
  readonly accessLists?: string;
}

/**
 * An Exim with its own configuration and queue, where every message stays. It may be unpacked from its package anywhere in `PATH`: a
 * user of its own it then has only in its own view of `/etc/passwd`.
 */
export async function startExim({ main = "", accessLists = "" }: EximOptions = {}): Promise<MailServer> {
  if (!program || process.getuid?.() !== 0)
    throw new NotPossibleHere("Exim is not in PATH, or this is not root, which it needs.");
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "email-agent-exim-"));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  if (((await stat(tmpdir())).mode & 1) === 0) await chmod(tmpdir(), 0o711);
  await chmod(folder, 0o755);
  const queueFolder = join(folder, "spool");
  const logPath = join(folder, "log", "mainlog");
  for (const name of ["spool", "log"]) {
    await mkdir(join(folder, name));
    await chown(join(folder, name), nobody, nobody);
  }
  const port = await freePort();
  const configPath = join(folder, "exim.conf");
  await writeFile(configPath, configOf(folder, port, main, accessLists));
  const command = [...(await withUser(folder)), program, "-bdf", "-C", configPath, "-oP", join(folder, "pid")];
  const begin = () => launch("Exim", port, command);
  const log = () => readFile(logPath, "utf8");
  let server = await begin();
  const kill = async () => {
    // It has a process for each connection.
    signal(-server.pid, "SIGKILL");
    await server.ended;
  };
  starting.defer(kill);
  const running = starting.move();
  return {
    port,
    queueFolder,
    log,
    async accepted() {
      const byQueueId = new Map<string, string>();
      for (const [, id, messageId] of (await log()).matchAll(/ (\S+) <= .* id=(\S+)/g))
        byQueueId.set(id!, `<${messageId}>`);
      // Killed before it logged what it had already put into its queue.
      for (const name of await readdir(join(queueFolder, "input")).catch(() => [])) {
        if (!name.endsWith("-H")) continue;
        const header = await readFile(join(queueFolder, "input", name), "latin1");
        byQueueId.set(name.slice(0, -2), /Message-ID:\s*(<\S+>)/i.exec(header)?.[1] ?? "");
      }
      return [...byQueueId.values()].map((messageId) => `Message-ID: ${messageId}`);
    },
    kill,
    async start() {
      server = await begin();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** What goes before the command, so that the user exists. */
async function withUser(folder: string): Promise<string[]> {
  const [passwd, group] = await Promise.all(["passwd", "group"].map((name) => readFile(`/etc/${name}`, "utf8")));
  if (passwd!.includes(`\n${user}:`)) return [];
  await needOwnMounts();
  await writeFile(join(folder, "passwd"), `${passwd}${user}:x:${nobody}:${nobody}::/:/usr/sbin/nologin\n`);
  await writeFile(join(folder, "group"), `${group}${user}:x:${nobody}:\n`);
  const mounts = ["passwd", "group"].map((name) => `mount --bind ${join(folder, name)} /etc/${name}`);
  return ["unshare", "--mount", "sh", "-c", `${mounts.join(" && ")} && exec "$@"`, "sh"];
}

function configOf(folder: string, port: number, main: string, accessLists: string): string {
  return `
exim_user = ${nobody}
exim_group = ${nobody}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
primary_hostname = mail.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts =
keep_environment =
queue_only = true
acl_smtp_rcpt = take
${main}
begin acl
take:
  accept
${accessLists}
begin routers
all:
  driver = redirect
  data = :blackhole:
`;
}
