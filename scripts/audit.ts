// `npm run audit`: known vulnerabilities of what production installs, by the registry. Fails if there are any.
import { execFile } from "node:child_process";
import { join } from "node:path";

/** What `npm audit --json` prints: a report, or why the registry gave none. */
interface AuditOutput {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly via: readonly unknown[] }>>;
  readonly message?: string;
  readonly statusCode?: number;
}

const root = join(import.meta.dirname, "..");
const noEndpoint = [404, 405, 501];

const { vulnerabilities, message, statusCode } = await audit();
if (vulnerabilities) {
  const found = Object.entries(vulnerabilities);
  for (const [name, { severity, via }] of found) {
    const titles = via.map((one) => (typeof one === "string" ? `by ${one}` : (one as { title: string }).title));
    process.stdout.write(`${name} (${severity}): ${titles.join("; ")}\n`);
  }
  process.stdout.write(`${found.length} packages of production have known vulnerabilities.\n`);
  if (found.length > 0) process.exitCode = 1;
} else if (statusCode !== undefined && noEndpoint.includes(statusCode)) {
  process.stdout.write(
    `Nothing was checked: the registry has no audit endpoint (${statusCode}). Run it once with --registry of one that has.\n`,
  );
} else {
  process.stderr.write(`npm audit failed: ${message ?? "it printed no report"}\n`);
  process.exitCode = 1;
}

function audit(): Promise<AuditOutput> {
  const args = ["audit", "--omit=dev", "--json", ...process.argv.slice(2)];
  return new Promise((resolve) => {
    // It ends with 1 when it finds something.
    execFile("npm", args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        resolve({ message: error?.message });
      }
    });
  });
}
