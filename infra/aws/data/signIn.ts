import { Duration, RemovalPolicy, SecretValue } from "aws-cdk-lib";
import {
  AccountRecovery,
  type CfnUserPoolClient,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  type UserPoolDomain,
} from "aws-cdk-lib/aws-cognito";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { accept } from "../accept.ts";
import type { ProductStack } from "../productStack.ts";
import { protectedRemovalOf } from "../removal.ts";
import { secretName, unrotated } from "./secrets.ts";

/** Where users of the Email Manager sign in. */
export interface SignIn {
  readonly pool: UserPool;
  readonly domain: UserPoolDomain;
  readonly client: UserPoolClient;
  readonly clientSecret: Secret;
  /** OpenID Connect issuer, as `OIDC_ISSUER`. */
  readonly issuer: string;
}

/**
 * Users with a password and a second factor (an authenticator app), created by an administrator only; the hosted pages of
 * Cognito sign them in. Each user's rights are in Config under the user's `sub`; the scope `email` lets an invitation by address
 * find its person.
 */
export function createSignIn(stack: ProductStack): SignIn {
  const { keepData, prefix, domain, signInPrefix } = stack.settings;
  const pool = new UserPool(stack, "users", {
    userPoolName: `${prefix}email-agent`,
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    mfa: Mfa.REQUIRED,
    mfaSecondFactor: { otp: true, sms: false },
    passwordPolicy: {
      minLength: 14,
      requireLowercase: true,
      requireUppercase: true,
      requireDigits: true,
      requireSymbols: true,
      tempPasswordValidity: Duration.days(3),
    },
    deletionProtection: keepData,
    removalPolicy: protectedRemovalOf({ keepData }),
  });
  const hosted = pool.addDomain("hosted", { cognitoDomain: { domainPrefix: signInPrefix } });
  const client = pool.addClient("manager", {
    userPoolClientName: "Email Manager",
    generateSecret: true,
    preventUserExistenceErrors: true,
    authFlows: {},
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
      callbackUrls: [`https://${domain}/api/auth/callback`],
      logoutUrls: [`https://${domain}/sign-in`],
    },
  });
  const clientSecret = new Secret(stack, "OIDC_CLIENT_SECRET", {
    secretName: secretName(stack.environmentName, "OIDC_CLIENT_SECRET"),
    description: "Client secret of the Email Manager at Cognito",
    // CloudFormation takes it from the client; the template holds a reference.
    secretStringValue: SecretValue.resourceAttribute((client.node.defaultChild as CfnUserPoolClient).attrClientSecret),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  accept(clientSecret, "AwsSolutions-SMG4", unrotated);
  accept(
    pool,
    "AwsSolutions-COG8",
    "The Plus plan is billed per user and adds risk scores; here no one can sign up and a second factor is required.",
  );
  const issuer = `https://cognito-idp.${stack.region}.amazonaws.com/${pool.userPoolId}`;
  return { pool, domain: hosted, client, clientSecret, issuer };
}
