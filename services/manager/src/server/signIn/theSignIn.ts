import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { theManager } from "../manager.ts";
import { oidcSignIn } from "./oidcSignIn.ts";
import type { SignIn } from "./signIn.ts";

// Next.js loads routes as modules of their own; what the issuer said about itself is kept once all the same.
const opened = globalThis as typeof globalThis & { emailAgentSignIn?: SignIn };

/** How people sign in to this process. */
export function theSignIn(): SignIn {
  const { config, log, clock } = theManager();
  opened.emailAgentSignIn ??= oidcSignIn(config, { clock: { ...systemClock, now: clock.now }, log });
  return opened.emailAgentSignIn;
}
