import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../../infra/local/freePort.ts";
import type { StackAccess } from "../../infra/local/stackAccess.ts";

const root = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

export interface ComposeStack extends AsyncDisposable {
  /** The stack by its published ports. */
  readonly access: StackAccess;
  /** Ids of the containers of a service, running or not. */
  containers(service: string): Promise<string[]>;
  /** Runs `docker` with these arguments; returns what it printed. */
  docker(...args: string[]): Promise<string>;
  /** Runs the one-shot service `demo` as a person does; returns what it printed, throws if it did not end well. */
  demo(): Promise<string>;
  /** Starts what is not running, as `docker compose up` does, and waits until every container is healthy. */
  up(): Promise<void>;
  /** Takes the containers down and leaves the volumes. */
  down(): Promise<void>;
  /** What the services printed at warn and error, for a failing test. */
  trouble(): Promise<string>;
}

const portNames = ["MANAGER", "INBOX", "QUEUE_BOARD", "WEBSOCKET", "AWS", "MAILCHIMP", "ISSUER"] as const;
const realNames = [
  "MAILCHIMP_API_KEY",
  "MAILCHIMP_SERVER_PREFIX",
  "MAILCHIMP_AUDIENCE",
  "MAILCHIMP_REPLY_TO",
  "EMAIL_HOST",
  "EMAIL_PORT",
  "EMAIL_FROM",
  "EMAIL_USERNAME",
  "EMAIL_PASSWORD",
  "REAL_MAIL_TO",
  "PUBLIC_BASE_URL",
] as const;
type Ports = Readonly<Record<(typeof portNames)[number], number>>;

/**
 * Brings the whole product up by docker-compose.yml, under a project name of its own and on free ports; disposing takes it
 * down with its volumes. Throws one sentence where Docker is missing.
 */
export async function startComposeStack(options: { senders: number; participants: number }): Promise<ComposeStack> {
  await run("docker", ["compose", "version"]).catch((cause) => {
    throw new Error("test:compose needs Docker with Compose v2, and its daemon running.", { cause });
  });
  const project = `email-agent-test-${randomBytes(3).toString("hex")}`;
  const ports = await freePorts();
  const environment = {
    ...process.env,
    // Nothing a developer has set may send real mail from a test.
    ...Object.fromEntries(realNames.map((name) => [name, ""])),
    ...Object.fromEntries(portNames.map((name) => [`PORT_${name}`, String(ports[name])])),
    DEMO_PARTICIPANTS: String(options.participants),
  };
  const docker = async (...args: string[]) => {
    const { stdout } = await run("docker", args, { cwd: root, env: environment, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  };
  // Not the .env of the folder either.
  const compose = (...args: string[]) => docker("compose", "-p", project, "--env-file", "/dev/null", ...args);
  const up = async () => {
    await compose("up", "-d", "--scale", `sender=${options.senders}`).catch(async (cause) => {
      const words = await compose("logs", "--no-color", "--tail", "20");
      throw new Error(`The stack does not come up. Its last words:\n${words}`, { cause });
    });
    await untilHealthy(compose);
  };

  await using starting = new AsyncDisposableStack();
  starting.defer(async () => void (await compose("down", "--volumes", "--timeout", "40")));
  await compose("build");
  await up();
  const access = JSON.parse(
    await compose("run", "--rm", "-T", "--entrypoint", "cat", "demo", "/run/email-agent/stack.json"),
  );
  const running = starting.move();
  return {
    access: onPorts(access, ports),
    docker,
    demo: () => compose("run", "--rm", "-T", "demo"),
    up,
    async down() {
      await compose("down", "--timeout", "40");
    },
    async containers(service) {
      return (await compose("ps", "-aq", "--no-trunc", service)).split("\n").filter((id) => id !== "");
    },
    async trouble() {
      const lines = (await compose("logs", "--no-color")).split("\n");
      return lines
        .filter((line) => /"level":"(warn|error)"/.test(line))
        .map((line) => line.slice(0, 400))
        .join("\n");
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function freePorts(): Promise<Ports> {
  const found = new Map<number, string>();
  for (const name of portNames) {
    let port = await freePort();
    while (found.has(port)) port = await freePort();
    found.set(port, name);
  }
  return Object.fromEntries([...found].map(([port, name]) => [name, port])) as Ports;
}

/** Inside the network the parts know each other by name; from here they are reached by their ports. */
function onPorts(inside: StackAccess, ports: Ports): StackAccess {
  const awsUrl = `http://127.0.0.1:${ports.AWS}`;
  return {
    ...inside,
    awsUrl,
    dynamoUrl: awsUrl,
    webSocketUrl: `ws://127.0.0.1:${ports.WEBSOCKET}/local`,
    inboxUrl: `http://127.0.0.1:${ports.INBOX}`,
  };
}

interface Listed {
  readonly Service: string;
  readonly State: string;
  readonly Health: string;
  readonly ExitCode: number;
}

const healthySeconds = 180;

async function untilHealthy(compose: (...args: string[]) => Promise<string>): Promise<void> {
  const isWell = ({ Service, State, Health, ExitCode }: Listed) =>
    Service === "setup" ? State === "exited" && ExitCode === 0 : State === "running" && Health === "healthy";
  for (const startedAt = performance.now(); ; await pause(1000)) {
    const lines = (await compose("ps", "-a", "--format", "json")).split("\n").filter((line) => line !== "");
    const unwell = lines.map((line) => JSON.parse(line) as Listed).filter((one) => !isWell(one));
    if (unwell.length === 0) return;
    if (performance.now() - startedAt < healthySeconds * 1000) continue;
    const which = unwell.map(({ Service, State, Health }) => `${Service} is ${State} ${Health}`).join(", ");
    throw new Error(`Not healthy in ${healthySeconds} s: ${which}.\n${await compose("logs", "--tail", "20")}`);
  }
}
