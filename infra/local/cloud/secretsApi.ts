import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { apiError } from "./apiError.ts";

/** Secrets by name, in one file that only its owner reads. */
type Secrets = Record<string, { readonly arn: string; readonly text: string; readonly versionId: string }>;

interface Request {
  readonly Name?: string;
  readonly SecretId?: string;
  readonly SecretString?: string;
  readonly ClientRequestToken?: string;
}

const arnOf = (name: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-000000`;

/** Serves one call of Secrets Manager: create, read. Throws ApiError. */
export function serveSecrets(action: string, request: Request, file: string): Record<string, string> {
  const secrets: Secrets = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const keep = (name: string, text: string | undefined) => {
    if (!text) throw apiError("InvalidParameterException", "You must provide SecretString.");
    const versionId = request.ClientRequestToken ?? randomUUID();
    secrets[name] = { arn: arnOf(name), text, versionId };
    writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
    return { ARN: arnOf(name), Name: name, VersionId: versionId };
  };
  if (action === "CreateSecret") {
    const name = request.Name ?? "";
    if (!/^[\w/+=.@-]{1,512}$/.test(name)) throw apiError("InvalidParameterException", "Invalid name.");
    if (secrets[name])
      throw apiError("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
    return keep(name, request.SecretString);
  }
  const [name, found] =
    Object.entries(secrets).find(([key, { arn }]) => [key, arn].includes(request.SecretId ?? "")) ?? [];
  if (name === undefined || !found)
    throw apiError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  if (action === "GetSecretValue")
    return { ARN: found.arn, Name: name, SecretString: found.text, VersionId: found.versionId };
  throw apiError("UnknownOperationException", `The local Secrets Manager has no ${action}.`);
}
