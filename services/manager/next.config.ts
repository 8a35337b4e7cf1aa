import { join } from "node:path";
import type { NextConfig } from "next";

const root = join(import.meta.dirname, "..", "..");

/** Pages and API are built once into `.next/standalone`, which holds all it needs to run (see scripts/buildManager.ts). */
const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: root,
  turbopack: { root },
  transpilePackages: ["@email-agent/shared"],
  serverExternalPackages: [
    "@aws-sdk/client-dynamodb",
    "@aws-sdk/client-s3",
    "@aws-sdk/client-sns",
    "@aws-sdk/client-sqs",
    "@aws-sdk/lib-dynamodb",
    "html-to-text",
    "htmlparser2",
    "pino",
  ],
  // `npm run check` does it, with the compiler of the whole workspace.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  images: { unoptimized: true },
  // What would optimise them is half of the built output.
  outputFileTracingExcludes: { "*": ["../../node_modules/sharp/**", "../../node_modules/@img/**"] },
  experimental: { optimizePackageImports: ["@mantine/core", "@mantine/hooks"] },
};

export default config;
