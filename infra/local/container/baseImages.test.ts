import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pinned = /^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/;

test("every base image is pinned by digest", () => {
  const dockerfile = read("Dockerfile");
  const given = new Map(
    [...dockerfile.matchAll(/^ARG (\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)]
    .map(([, name = ""]) => name.replace(/^\$\{(\w+)\}$/, (_, argument: string) => given.get(argument) ?? ""))
    .filter((name) => !stages.includes(name) && !name.startsWith("image-"));
  const images = [...read("docker-compose.yml").matchAll(/^ +image: (\S+)$/gm)]
    .map(([, name = ""]) => name.replace(/^\$\{\w+:-(.*)\}$/, "$1"))
    .filter((name) => !name.startsWith("email-agent/"));
  expect(bases.length).toBeGreaterThan(0);
  expect(images.length).toBe(4);
  for (const name of [...bases, ...images]) expect(name).toMatch(pinned);
});
