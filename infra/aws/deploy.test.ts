import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployArguments, stackNames } from "./deployCommand.ts";
import { passingApp, templatesOf } from "./testing/templates.ts";

describe("npm run deploy", () => {
  it("deploys a whole environment, or the named stacks and no other, and passes options on", () => {
    expect(deployArguments(["production", "--no-rollback"])).toEqual([
      "deploy",
      "production/*",
      "--context",
      "environment=production",
      "--no-rollback",
    ]);
    expect(deployArguments(["dev", "services", "watch", "--context", "references=both"])).toEqual([
      "deploy",
      "dev/services",
      "dev/watch",
      "--exclusively",
      "--context",
      "environment=dev",
      "--context",
      "references=both",
    ]);
  });

  it.each([
    [[], "Name the environment to deploy: dev, production, small."],
    [["staging"], "There is no environment staging; there are dev, production, small."],
    [["dev", "service"], "There is no stack service; there are data, messaging, realtime, services, watch."],
  ])("says what is wrong with %j", (given, sentence) => {
    expect(() => deployArguments(given)).toThrow(sentence);
  });
});

describe("the stacks cdk deploys", () => {
  const app = passingApp();
  const home = mkdtempSync(join(tmpdir(), "email-agent-home-"));
  beforeAll(() => {
    templatesOf("small", app);
    app.synth();
  }, 180_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** What cdk says before it asks AWS for anything: here it has neither credentials nor a way there. */
  async function told(argumentsOfCdk: readonly string[]): Promise<string> {
    const cdk = join(import.meta.dirname, "..", "..", "node_modules", "aws-cdk", "bin", "cdk");
    const environment = { HOME: home, AWS_EC2_METADATA_DISABLED: "true", NO_COLOR: "1" };
    const started = promisify(execFile)(process.execPath, [cdk, ...argumentsOfCdk, "--app", app.outdir], {
      cwd: home,
      env: environment,
    });
    const { stdout, stderr } = await started.catch((error: { stdout: string; stderr: string }) => error);
    return stdout + stderr;
  }

  it("are only the named ones: going back to older services leaves data and messaging as they are", async () => {
    const services = deployArguments(["small", "services"]);
    const taken = "Including dependency stacks: small/data, small/messaging, small/realtime";
    const without = services.filter((argument) => argument !== "--exclusively");
    expect(await told(without)).toContain(taken);
    const exclusively = await told(services);
    expect(exclusively).toContain("Unable to resolve AWS account");
    expect(exclusively).not.toContain("Including dependency stacks");
  });

  it("read outputs only of stacks that are deployed before them", () => {
    const assembly = app.synth().getNestedAssembly("assembly-small");
    const stacks = assembly.stacks.map(({ displayName, dependencies }) => ({
      name: displayName.replace(/^small\/(\w+).*/, "$1"),
      reads: dependencies.flatMap(
        ({ id }) => /^small(data|messaging|realtime|services|watch)[0-9A-F]{8}$/.exec(id)?.[1] ?? [],
      ),
    }));
    expect(stacks.map(({ name }) => name).sort()).toEqual([...stackNames].sort());
    const place = (name: string) => (stackNames as readonly string[]).indexOf(name);
    for (const { name, reads } of stacks) for (const other of reads) expect(place(other)).toBeLessThan(place(name));
    expect(stacks.find(({ name }) => name === "services")?.reads.length).toBeGreaterThan(2);
  });
});
