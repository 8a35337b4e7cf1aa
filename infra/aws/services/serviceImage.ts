import { join } from "node:path";
import { DockerImageAsset, Platform } from "aws-cdk-lib/aws-ecr-assets";
import type { Construct } from "constructs";
import { type WorkerName, workerNames } from "./workerNames.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/**
 * The image of the Dockerfile at the root for one service; it is built and pushed by `cdk deploy`, synthesis only hashes
 * its sources. It is made of that service and shared alone, so that a change of one service restarts no other.
 */
export function serviceImage(scope: Construct, name: WorkerName, directory = root): DockerImageAsset {
  const others = workerNames.filter((other) => other !== name);
  return new DockerImageAsset(scope, `${name}-image`, {
    directory,
    buildArgs: { SERVICE: name },
    platform: Platform.LINUX_ARM64,
    // Beside what .dockerignore leaves out: a copy of what was made on this machine must not change the hash.
    exclude: [
      "**/node_modules",
      "**/.next",
      ".cache",
      ".git",
      ".data",
      "tests",
      "docs",
      "infra/*",
      "!infra/package.json",
      // The Dockerfile copies the manifest of every workspace: the lock covers them all.
      ...others.flatMap((other) => [`services/${other}/*`, `!services/${other}/package.json`]),
      // Only the manager is built.
      ...(name === "manager" ? [] : ["scripts", "tsconfig.json"]),
    ],
  });
}
