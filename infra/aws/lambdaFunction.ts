import { join } from "node:path";
import { AssetHashType, DockerImage, Duration } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { buildSync } from "esbuild";
import { countErrorLines } from "./errorLines.ts";
import { logSettings } from "./logSettings.ts";
import type { ProductStack } from "./productStack.ts";

/** Files in `infra/lambdas`, without their ending; each exports `handler`. */
type LambdaName = "streamRouter" | "connect" | "disconnect";

interface LambdaOptions {
  readonly name: LambdaName;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly description: string;
}

const sources = join(import.meta.dirname, "..", "lambdas");

/** One of the product's Lambdas on ARM64, with a role of its own that may write its log and nothing more yet. */
export function createLambda(stack: ProductStack, options: LambdaOptions): LambdaFunction {
  const { name, timeoutSeconds, environment, description } = options;
  const logGroup = new LogGroup(stack, `${name}-log`, logSettings(stack.settings));
  countErrorLines(stack, name, logGroup);
  const role = new Role(stack, `${name}-role`, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    description: `Lambda ${name} of email-agent`,
  });
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
    }),
  );
  return new LambdaFunction(stack, name, {
    description,
    code: bundled(name),
    handler: "index.handler",
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 256,
    timeout: Duration.seconds(timeoutSeconds),
    environment: { ...environment, LOG_LEVEL: stack.settings.logLevel },
    role,
    logGroup,
  });
}

function bundled(name: LambdaName): Code {
  const tryBundle = (folder: string) => {
    bundleLambda(name, folder);
    return true;
  };
  return Code.fromAsset(sources, {
    assetHashType: AssetHashType.OUTPUT,
    // The image is never used. The command tells the bundles of one folder apart: the CDK keeps them by it.
    bundling: { image: DockerImage.fromRegistry("none"), command: [name], local: { tryBundle } },
  });
}

/** Puts the handler and all it imports into `index.mjs` of a folder, by esbuild of this checkout: no network, no container. */
export function bundleLambda(name: LambdaName, folder: string): void {
  buildSync({
    entryPoints: [join(sources, `${name}.ts`)],
    outfile: join(folder, "index.mjs"),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    minify: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "error",
    // Packages in CommonJS ask for `require` of Node's own modules.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  });
}
