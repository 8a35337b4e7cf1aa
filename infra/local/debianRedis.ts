import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const cacheFolder = fileURLToPath(new URL("../../.cache", import.meta.url));
const retryMilliseconds = 3_600_000;

/** A Redis server that can be started. */
export interface RedisProgram {
  readonly title: string;
  readonly command: string;
  /** Arguments before Redis's own settings. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The Redis of a Debian-like system, fetched and unpacked into `folder` (default `.cache`) without root; about a second,
 * once. Undefined where that is not possible; then it is not tried again for an hour.
 */
export async function debianRedis(folder = cacheFolder): Promise<RedisProgram | undefined> {
  if (process.platform !== "linux") return undefined;
  const home = join(folder, `redis-${process.arch}`);
  const refused = `${home}.unavailable`;
  // A copy fetched while the system had its libraries stops running when they are removed: then it is fetched again.
  if (existsSync(home) && !(await runs(home))) await rm(home, { recursive: true, force: true });
  if (!existsSync(home)) {
    if (await isRecent(refused)) return undefined;
    try {
      await fetchInto(folder, home);
    } catch (error) {
      await mkdir(folder, { recursive: true });
      await writeFile(refused, String(error));
      return undefined;
    }
  }
  return programIn(home);
}

async function runs(home: string): Promise<boolean> {
  const { command, env } = await programIn(home);
  return run(command, ["--version"], { env: { ...process.env, ...env } }).then(
    () => true,
    () => false,
  );
}

async function programIn(root: string): Promise<RedisProgram & { env: { LD_LIBRARY_PATH: string } }> {
  const libraries = await readdir(join(root, "usr/lib"));
  const paths = libraries.map((triplet) => join(root, "usr/lib", triplet)).concat(process.env["LD_LIBRARY_PATH"] ?? []);
  return {
    title: "redis-server fetched from the system's packages",
    command: join(root, "usr/bin/redis-server"),
    env: { LD_LIBRARY_PATH: paths.join(":") },
  };
}

async function isRecent(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < retryMilliseconds;
}

/** Unpacks into a folder of its own and renames it at the end, so that no process sees half of it. */
async function fetchInto(folder: string, home: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "fetching-redis-"));
  try {
    // On a new machine the system's package lists are empty, and only root may fill them: then with lists of our own.
    await download(work, []).catch(async () => download(work, await ownLists(work)));
    const root = join(work, "root");
    await mkdir(join(root, "usr/lib"), { recursive: true });
    const archives = (await readdir(work)).filter((name) => name.endsWith(".deb"));
    for (const archive of archives) await run("dpkg", ["-x", join(work, archive), root]);
    // The package with the tools holds the server as well, under another name: it looks at the name it is called by.
    await symlink("redis-check-rdb", join(root, "usr/bin/redis-server"));
    const program = await programIn(root);
    await run(program.command, ["--version"], { env: { ...process.env, ...program.env } });
    await rename(root, home).catch((error) => {
      // Another process was faster; its copy is as good.
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Puts the packages' archives into `work`. */
async function download(work: string, apt: readonly string[]): Promise<void> {
  const packages = ["redis-tools", ...(await missingLibraries(apt))];
  await run("apt-get", [...apt, "download", ...packages], { cwd: work, timeout: 60_000 });
}

/** Fetches package lists into `work`; returns the options by which apt uses them. */
async function ownLists(work: string): Promise<string[]> {
  const [lists, cache] = [join(work, "lists"), join(work, "cache")];
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(cache, "archives", "partial"), { recursive: true });
  const settings = { "Dir::State::Lists": lists, "Dir::Cache": cache, "APT::Sandbox::User": "root" };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  await run("apt-get", [...options, "update"], { timeout: 120_000 });
  return options;
}

/** The packages redis-tools depends on that are not installed. */
async function missingLibraries(apt: readonly string[]): Promise<string[]> {
  const { stdout } = await run("apt-cache", [...apt, "depends", "--important", "redis-tools"]);
  const needed = [...stdout.matchAll(/^ {2}Depends: ([a-z0-9.+-]+)$/gm)].map(([, name = ""]) => name);
  const installed = await Promise.all(needed.map(isInstalled));
  return needed.filter((name, at) => name !== "adduser" && !installed[at]);
}

async function isInstalled(name: string): Promise<boolean> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholder.
  const query = run("dpkg-query", ["-W", "-f", "${db:Status-Status}", name]);
  return query.then(({ stdout }) => stdout === "installed").catch(() => false);
}
