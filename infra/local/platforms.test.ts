import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isNodeNewEnough } from "../../scripts/installFailure.mjs";
import { dynamoProgram, platforms } from "./platforms.ts";

interface Locked {
  readonly version: string;
  readonly optional?: boolean;
  readonly os?: string | string[];
  readonly cpu?: string | string[];
}

const root = join(import.meta.dirname, "..", "..");
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};
const here = `${process.platform}-${process.arch}`;

it("acceptance 91: `npm start` knows Linux and macOS, on x64 and arm64", () => {
  expect(Object.keys(platforms).sort()).toEqual(["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"]);
});

describe.each(Object.entries(platforms))("on %s", (platform, packages) => {
  const [os, cpu] = platform.split("-");

  it("acceptance 91: the lock file has its packages, for it alone, and npm may pass them over elsewhere", () => {
    for (const name of [packages.node, packages.dynamo]) {
      const locked = lock.packages[`node_modules/${name}`];
      expect.soft(locked, name).toMatchObject({ optional: true });
      expect.soft([locked?.os].flat(), name).toEqual([os]);
      expect.soft([locked?.cpu].flat(), name).toEqual([cpu]);
    }
  });

  it("its Node runs the sources as they are, and its database is that of the other platforms", () => {
    expect(isNodeNewEnough(`v${lock.packages[`node_modules/${packages.node}`]?.version}`)).toBe(true);
    const version = (name: string) => lock.packages[`node_modules/${name}`]?.version;
    expect(version(packages.dynamo)).toBe(version("@dynoxide/linux-x64"));
  });

  it("acceptance 91: the embedded database is the program of its package", () => {
    const asked: string[] = [];
    const resolve = (specifier: string) => {
      asked.push(specifier);
      return `/there/${specifier}`;
    };
    expect(dynamoProgram(platform, resolve)).toBe(`/there/@dynoxide/${platform}/dynoxide`);
    expect(asked).toEqual([`@dynoxide/${platform}/dynoxide`]);
  });

  it.skipIf(platform === here)("a package that is not installed is named with the repair", () => {
    expect(() => dynamoProgram(platform)).toThrow(
      `The package @dynoxide/${platform} with the embedded DynamoDB is not installed: remove node_modules and start again; if the npm registry lacks it, use "docker compose up" instead.`,
    );
  });
});

it.runIf(here in platforms)("what is installed here can be executed", () => {
  expect(statSync(dynamoProgram()).mode & 0o111).toBeGreaterThan(0);
  expect(existsSync(join(root, "node_modules", platforms[here]!.node))).toBe(true);
});

it("a platform without a database is named, with what to use instead", () => {
  expect(() => dynamoProgram("freebsd-x64")).toThrow(
    'The embedded DynamoDB runs on linux-x64, linux-arm64, darwin-x64, darwin-arm64, and this machine is freebsd-x64: use "docker compose up" instead.',
  );
  expect(() => dynamoProgram("win32-x64")).toThrow('start in WSL 2, or use "docker compose up" instead.');
});
