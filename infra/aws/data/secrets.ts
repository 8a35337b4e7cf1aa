import { Secret, type SecretStringGenerator } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { accept } from "../accept.ts";
import type { ProductStack } from "../productStack.ts";
import { removalOf } from "../removal.ts";

/** Why no secret of the product changes by a schedule. */
export const unrotated =
  "A change by a schedule would drop the old value, which links in mails already sent still need, or needs the other side (Mailchimp, registration site) to change with it. The README says how to rotate each by hand.";

const random: SecretStringGenerator = { passwordLength: 64, excludePunctuation: true };
/** 64 hexadecimal digits, as the registration hash wants them. */
const hexadecimal: SecretStringGenerator = {
  passwordLength: 64,
  excludePunctuation: true,
  excludeUppercase: true,
  excludeCharacters: "ghijklmnopqrstuvwxyz",
  requireEachIncludedType: false,
};

/** What the product keeps secret, by the environment variable that carries it. */
const kinds = {
  REALTIME_TICKET_SECRET: { generate: random, text: "Signs WebSocket tickets" },
  PUBLIC_TOKEN_SECRET: { generate: random, text: "Signs unsubscribe and view links; mails in the world hold them" },
  SESSION_SECRET: { generate: random, text: "Seals the session cookies of the Email Manager" },
  REGISTRATION_HASH_SECRET: {
    generate: hexadecimal,
    text: "Key of the hash macro; put the registration site's key here",
  },
  MAILCHIMP_API_KEY: {
    generate: random,
    text: "Put the Mailchimp API key here; the first value is random and opens nothing. Not read without mailchimp in the settings",
  },
} as const;

export type ProductSecrets = Readonly<Record<keyof typeof kinds, Secret>>;

/** Creates them with a random value each. An update of the stack never changes a value, and no template holds one. */
export function createSecrets(stack: ProductStack, scope: Construct = stack): ProductSecrets {
  const made = Object.entries(kinds).map(([variable, { generate, text }]) => {
    const secret = new Secret(scope, variable, {
      secretName: secretName(stack.environmentName, variable),
      description: text,
      generateSecretString: generate,
      removalPolicy: removalOf(stack.settings),
    });
    accept(secret, "AwsSolutions-SMG4", unrotated);
    return [variable, secret] as const;
  });
  return Object.fromEntries(made) as unknown as ProductSecrets;
}

/** `email-agent/<environment>/<name>`. */
export function secretName(environmentName: string, name: string): string {
  return `email-agent/${environmentName}/${name}`;
}

/** Under this are the passwords and DKIM keys of mail accounts: the Settings or the operator put them there, Config names them, the sender reads them. */
export function accountSecretsPrefix(environmentName: string): string {
  return secretName(environmentName, "accounts/");
}
