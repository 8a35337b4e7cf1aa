import { generateKeyPairSync, type JsonWebKey, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface IssuerKeys {
  /** Private RSA key that signs tokens (RS256, as Cognito's). */
  readonly signing: JsonWebKey;
  readonly clientSecret: string;
  /** Signs the issuer's own cookies. */
  readonly cookies: string;
}

/** The keys of one data folder, made at its first start and kept; without a folder they are made fresh. */
export function issuerKeys(dataFolder: string | undefined): IssuerKeys {
  if (dataFolder === undefined) return freshKeys();
  const file = join(dataFolder, "issuer.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as IssuerKeys;
  const keys = freshKeys();
  writeFileSync(file, JSON.stringify(keys, null, 2), { mode: 0o600 });
  return keys;
}

function freshKeys(): IssuerKeys {
  const secret = () => randomBytes(32).toString("base64url");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const signing = { ...privateKey.export({ format: "jwk" }), kid: randomBytes(8).toString("hex"), use: "sig" };
  return { signing, clientSecret: secret(), cookies: secret() };
}
