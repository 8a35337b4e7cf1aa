import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import { isTransient } from "../kit/transientErrors.ts";

/** Passwords and DKIM keys of accounts in AWS Secrets Manager, by ARN or name. Never logged. */
export interface Secrets extends AsyncDisposable {
  /** Read at each call. */
  readonly fresh: Pick<Secrets, "get">;
  /** The secret's text. AppError `configuration` if there is none, `dependency` if it cannot be read now. */
  get(arn: string): Promise<string>;
}

const keptMilliseconds = 5 * 60_000;

/** Cached for 5 minutes (TTL), so that a rotated password is used without a restart. */
export function secrets(config: { AWS_REGION: string; AWS_ENDPOINT_URL: string }, clock: Clock): Secrets {
  const endpoint = config.AWS_ENDPOINT_URL || undefined;
  const client = new SecretsManagerClient({ region: config.AWS_REGION, ...(endpoint && { endpoint }) });
  const kept = new Map<string, { readonly value: Promise<string>; readonly readAt: number }>();
  return {
    fresh: { get: (arn) => read(client, arn) },
    get(arn) {
      const known = kept.get(arn);
      if (known && clock.monotonic() - known.readAt < keptMilliseconds) return known.value;
      const value = read(client, arn);
      kept.set(arn, { value, readAt: clock.monotonic() });
      // A failure is not cached: the next reader tries again.
      value.catch(() => kept.delete(arn));
      return value;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

async function read(client: SecretsManagerClient, arn: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString) return SecretString;
  } catch (cause) {
    const code = isTransient(cause) ? "dependency" : "configuration";
    throw new AppError(code, `Secret ${arn} cannot be read from Secrets Manager.`, { cause });
  }
  throw new AppError("configuration", `Secret ${arn} has no text.`);
}
