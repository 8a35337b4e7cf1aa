import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyRepository } from "../repositoryCopy.ts";

const root = join(import.meta.dirname, "../..");

/** A copy of the repository whose packages are those of this one, and whose workspaces are its own. */
function copyToWorkIn(): string {
  const copy = copyRepository();
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@email-agent"), { recursive: true });
  for (const entry of readdirSync(join(root, "node_modules")))
    if (entry !== "@email-agent") symlinkSync(join(root, "node_modules", entry), join(modules, entry));
  for (const folder of ["shared", "infra", ...readdirSync(join(copy, "services")).map((name) => `services/${name}`)])
    symlinkSync(join(copy, folder), join(modules, "@email-agent", folder.replace("services/", "")));
  return copy;
}

/** Puts `text` before the one place where `mark` is. */
function insert(file: string, mark: string, text: string): void {
  const [before, after, ...more] = readFileSync(file, "utf8").split(mark);
  if (after === undefined || more.length > 0) throw new Error(`${file} must hold "${mark}" once.`);
  writeFileSync(file, `${before}${text}${mark}${after}`);
}

/** What a program of node_modules prints, whether it succeeds or not. */
function run(copy: string, program: string, ...options: string[]): Promise<string> {
  const args = [join(root, "node_modules", program), ...options];
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd: copy, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) => resolve(stdout)),
  );
}

const row = `  {
    name: "Proof",
    owner: "sender",
    queue: "proof",
    help: "Shows every mail to a proofreader. Nothing is sent.",
    numbers: { sent: "read" },
    content: "uses",
    ...reading,
  },
`;

test("acceptance 95: a sixth step is one row and one handler: the compiler names the handler, and all else knows the step", {
  timeout: 300_000,
}, async () => {
  const copy = copyToWorkIn();
  insert(join(copy, "shared/src/domain/steps.ts"), '  {\n    name: "Send",', row);
  const product = {
    extends: "./tsconfig.json",
    include: ["services/*/src/main.ts", "infra/local/*.ts", "infra/lambdas/*.ts", "infra/aws/*.ts"],
  };
  writeFileSync(join(copy, "tsconfig.product.json"), JSON.stringify(product));
  const compile = async (...projects: string[]) => {
    const said = await Promise.all(projects.map((project) => run(copy, "typescript/bin/tsc", "-p", project)));
    return [...new Set(said.flatMap((text) => text.split("\n")).filter((line) => line.includes("error TS")))];
  };

  const demanded = await compile("tsconfig.product.json", "services/manager");
  expect(demanded).toHaveLength(1);
  expect(demanded[0]).toMatch(/^services\/sender\/src\/steps\/senderSteps\.ts.*Property 'Proof' is missing/);

  const handler = '    Proof: async () => ({ kind: "complete" }),\n';
  insert(join(copy, "services/sender/src/steps/senderSteps.ts"), "    Send: send(", handler);
  expect(await compile("tsconfig.product.json")).toEqual([]);

  const file = "services/manager/src/ui/order/everyStep.test.ts";
  await run(copy, "vitest/vitest.mjs", "run", file, "--reporter=json", "--outputFile=report.json");
  const report = JSON.parse(readFileSync(join(copy, "report.json"), "utf8"));
  const titles = report.testResults[0].assertionResults
    .filter(({ status }: { status: string }) => status === "passed")
    .map(({ fullName }: { fullName: string }) => fullName);
  expect(report.numFailedTests).toBe(0);
  expect(titles.filter((title: string) => title.includes(" Proof,"))).toHaveLength(4);
});
