import type { EmailAgent } from "./emailAgent.ts";
import { environmentNames } from "./environment.ts";

/** In the order in which a release is deployed: each reads outputs of the ones before. */
export const stackNames = [
  "data",
  "messaging",
  "realtime",
  "services",
  "watch",
] as const satisfies (keyof EmailAgent)[];

export const deployUsage = `npm run deploy -- ENVIRONMENT [STACK …] [options of cdk deploy]

  ENVIRONMENT   ${environmentNames().join(", ")}
  STACK         ${stackNames.join(", ")}: only these, exclusively. None: all of them, in this order

npm run deploy -- production
npm run deploy -- production services
`;

/**
 * The arguments of `cdk` that deploy one environment, or only the stacks of it that are named: without `--exclusively` cdk
 * takes along every stack a named one reads from, and a roll back of `services` would be one of the data as well. Everything
 * from the first option on goes to cdk as it is. Throws an Error that says what is wrong with the arguments.
 */
export function deployArguments(given: readonly string[]): string[] {
  const optionsFrom = given.findIndex((argument) => argument.startsWith("-"));
  const names = optionsFrom === -1 ? given : given.slice(0, optionsFrom);
  const options = optionsFrom === -1 ? [] : given.slice(optionsFrom);
  const [environment, ...stacks] = names;
  if (environment === undefined) throw new Error(`Name the environment to deploy: ${environmentNames().join(", ")}.`);
  if (!environmentNames().includes(environment))
    throw new Error(`There is no environment ${environment}; there are ${environmentNames().join(", ")}.`);
  const unknown = stacks.find((stack) => !(stackNames as readonly string[]).includes(stack));
  if (unknown !== undefined) throw new Error(`There is no stack ${unknown}; there are ${stackNames.join(", ")}.`);
  const selected =
    stacks.length === 0 ? [`${environment}/*`] : [...stacks.map((stack) => `${environment}/${stack}`), "--exclusively"];
  return ["deploy", ...selected, "--context", `environment=${environment}`, ...options];
}
