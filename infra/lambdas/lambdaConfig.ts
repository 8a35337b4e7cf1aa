import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Environment, processEnvironment, readConfig } from "@email-agent/shared/kit/config.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { ConfigOf } from "@email-agent/shared/kit/variables.ts";

type LambdaConfig = ConfigOf<"lambdas">;
/** Rows every Lambda needs besides its own. */
type Common = "LOG_LEVEL" | "AWS_REGION" | "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_DYNAMODB";

export type ReadSecret = (arn: string, environment: Environment) => Promise<string>;

/**
 * The environment of one Lambda, judged: only the rows it needs, so that none is given what it has no use for. The ticket
 * secret comes from Secrets Manager where `REALTIME_TICKET_SECRET_ARN` names one, for an environment can be read by
 * everybody who may look at the function. AppError `configuration` lists everything wrong by name, `dependency` if the
 * secret cannot be read now.
 */
export async function lambdaConfig<Name extends keyof LambdaConfig>(
  needed: readonly Name[],
  environment: Environment = processEnvironment(),
  readSecret: ReadSecret = readFromSecretsManager,
): Promise<Pick<LambdaConfig, Name | Common>> {
  const secretArn = environment["REALTIME_TICKET_SECRET_ARN"];
  const wantsSecret = (needed as readonly string[]).includes("REALTIME_TICKET_SECRET") && secretArn;
  const complete = wantsSecret
    ? { ...environment, REALTIME_TICKET_SECRET: await readSecret(secretArn, environment) }
    : environment;
  const result = readConfig("lambdas", complete, (name) => (needed as readonly string[]).includes(name));
  if ("config" in result) return result.config;
  const problems = result.problems.map(({ name, text }) => `${name} ${text}`).join("; ");
  throw new AppError("configuration", `This Lambda cannot start: ${problems}`);
}

async function readFromSecretsManager(arn: string, environment: Environment): Promise<string> {
  const endpoint = environment["AWS_ENDPOINT_URL"];
  const client = new SecretsManagerClient(endpoint ? { endpoint } : {});
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    return SecretString ?? "";
  } catch (cause) {
    throw new AppError("dependency", `Secret ${arn} cannot be read from Secrets Manager.`, { cause });
  } finally {
    client.destroy();
  }
}
