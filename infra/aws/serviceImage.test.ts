import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { copyRepository } from "../../tests/repositoryCopy.ts";
import { serviceImage } from "./services/serviceImage.ts";
import { type WorkerName, workerNames } from "./services/workerNames.ts";

// Every file of the sources is read for each hash.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let copy: string;
let known: Record<WorkerName, string>;
beforeAll(() => {
  copy = copyRepository();
  known = hashes();
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function hashes(): Record<WorkerName, string> {
  // Only the hashes are wanted, not the copies that a deployment would build from.
  const stack = new Stack(new App({ context: { "aws:cdk:disable-asset-staging": true } }));
  return Object.fromEntries(workerNames.map((name) => [name, serviceImage(stack, name, copy).assetHash])) as Record<
    WorkerName,
    string
  >;
}

/** The services whose image is another one after the change. */
function changedBy(change: () => void): string[] {
  const before = known;
  change();
  known = hashes();
  return workerNames.filter((name) => before[name] !== known[name]).sort();
}

const append = (file: string) => () => appendFileSync(join(copy, file), "\n// changed\n");

it("acceptance 79: a change of one service changes the image of no other", () => {
  expect(changedBy(append("services/manager/src/main.ts"))).toEqual(["manager"]);
  expect(changedBy(append("services/sender/src/main.ts"))).toEqual(["sender"]);
  expect(changedBy(append("scripts/buildManager.ts"))).toEqual(["manager"]);
});

it("acceptance 79: docs, tests, the local stack and what a build leaves behind change no image", () => {
  const made = () => {
    for (const file of [
      "docs/domain.md",
      "infra/local/start.ts",
      "infra/aws/main.ts",
      "tests/e2e/story.ts",
      "README.md",
    ])
      append(file)();
    mkdirSync(join(copy, "services", "sender", "node_modules"), { recursive: true });
    writeFileSync(join(copy, "services", "sender", "node_modules", "made.js"), "");
    mkdirSync(join(copy, "services", "manager", ".next"), { recursive: true });
    writeFileSync(join(copy, "services", "manager", ".next", "made.js"), "");
  };
  expect(changedBy(made)).toEqual([]);
});

it("acceptance 79: what all stand on changes every image", () => {
  const all = [...workerNames].sort();
  for (const file of ["shared/src/kit/log.ts", "package-lock.json", "Dockerfile"])
    expect(changedBy(append(file)), file).toEqual(all);
});
