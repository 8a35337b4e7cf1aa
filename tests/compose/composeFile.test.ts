import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

interface Service {
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly host_ip?: string }[];
  readonly volumes?: readonly { readonly source: string; readonly target: string; readonly read_only?: boolean }[];
}

let services: Readonly<Record<string, Service>>;
beforeAll(async () => {
  const args = [
    "compose",
    "--env-file",
    "/dev/null",
    "--profile",
    "demo",
    "--profile",
    "metrics",
    "config",
    "--format",
    "json",
  ];
  const environment = { ...process.env, EMAIL_PASSWORD: "the-password", MAILCHIMP_API_KEY: "the-key" };
  const { stdout } = await promisify(execFile)("docker", args, {
    cwd: join(import.meta.dirname, "..", ".."),
    env: environment,
  });
  services = JSON.parse(stdout).services;
});

test("acceptance 78: a container is given its own variables only, and setup alone those of all", () => {
  const mounts = Object.entries(services).flatMap(([service, { volumes = [] }]) =>
    volumes.filter(({ source }) => source.startsWith("environment")).map((volume) => ({ service, ...volume })),
  );
  const others = mounts.filter(({ service }) => service !== "setup");
  for (const mount of others) expect(mount).toMatchObject({ target: "/run/email-agent", read_only: true });
  expect(Object.fromEntries(others.map(({ service, source }) => [service, source]))).toEqual({
    ingest: "environment-ingest",
    campaign: "environment-campaign",
    sender: "environment-sender",
    notifier: "environment-notifier",
    manager: "environment-manager",
    websocket: "environment-lambdas",
    "stream-pump": "environment-lambdas",
    demo: "environment-access",
  });
  const withSecrets = Object.keys(services).filter((name) =>
    services[name]?.volumes?.some(({ source }) => source === "secrets"),
  );
  expect(withSecrets).toEqual(["setup"]);
});

test("acceptance 78: what .env makes real is in the environment of setup alone", () => {
  const holders = Object.keys(services).filter((name) => /the-password|the-key/.test(JSON.stringify(services[name])));
  expect(holders).toEqual(["setup"]);
});

test("every published port is on loopback, and a guard of the stack or the product listens behind it", () => {
  for (const [name, { ports = [], entrypoint = [], environment }] of Object.entries(services))
    for (const port of ports) {
      expect(port, name).toMatchObject({ host_ip: "127.0.0.1" });
      // It refuses other host names itself.
      if (environment?.["GF_SERVER_ENFORCE_DOMAIN"] === "true") continue;
      expect(entrypoint.join(" "), name).toMatch(/infra\/local\/container\/|src\/main\.ts/);
    }
});
