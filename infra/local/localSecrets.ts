import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface LocalSecrets {
  readonly REALTIME_TICKET_SECRET: string;
  readonly PUBLIC_TOKEN_SECRET: string;
  readonly REGISTRATION_HASH_SECRET: string;
  readonly SESSION_SECRET: string;
}

/** In every data folder from its first start on. */
export const secretsFile = "secrets.json";

/** The secrets of one data folder: made at the first start and kept, so that links in yesterday's mails still hold. */
export function localSecrets(dataFolder: string): LocalSecrets {
  const file = join(dataFolder, secretsFile);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Partial<LocalSecrets>) : {};
  const secret = () => randomBytes(32).toString("hex");
  const made = {
    REALTIME_TICKET_SECRET: secret(),
    PUBLIC_TOKEN_SECRET: secret(),
    REGISTRATION_HASH_SECRET: secret(),
    SESSION_SECRET: secret(),
    ...kept,
  };
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  return made;
}
