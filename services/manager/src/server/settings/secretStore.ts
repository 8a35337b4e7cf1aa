import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";

/** Writes passwords and DKIM keys of accounts into AWS Secrets Manager. It reads none. */
export interface SecretStore extends Disposable {
  /** False where `SECRETS_PREFIX` is not set: secrets are kept in Config then. */
  readonly isUsed: boolean;
  /** Makes the secret `<prefix><name>`, which must be new. Returns its ARN. AppError `dependency` or `configuration`. */
  create(name: string, text: string): Promise<string>;
}

export function secretStore(config: {
  readonly AWS_REGION: string;
  readonly AWS_ENDPOINT_URL: string;
  readonly SECRETS_PREFIX: string;
}): SecretStore {
  const endpoint = config.AWS_ENDPOINT_URL || undefined;
  const client = new SecretsManagerClient({ region: config.AWS_REGION, ...(endpoint && { endpoint }) });
  return {
    isUsed: config.SECRETS_PREFIX !== "",
    async create(name, text) {
      const whole = `${config.SECRETS_PREFIX}${name}`;
      try {
        const { ARN } = await client.send(new CreateSecretCommand({ Name: whole, SecretString: text }));
        if (ARN) return ARN;
      } catch (error) {
        // The cause is left out: an error of the client may hold the request, and with it the secret.
        if (isTransient(error))
          throw new AppError("dependency", "Secrets Manager did not respond. Nothing was changed; try again.");
        const why = error instanceof Error ? error.name : "";
        throw new AppError(
          "configuration",
          `Secrets Manager refused to store ${whole} (${why}). Check the rights of the Email Manager.`,
        );
      }
      throw new AppError("configuration", `Secrets Manager gave no ARN for ${whole}.`);
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}
