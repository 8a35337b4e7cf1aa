import { processEnvironment, readConfig } from "@email-agent/shared/service/config.ts";
import { AppError } from "@email-agent/shared/service/errors.ts";
import type { ConfigOf } from "@email-agent/shared/service/variables.ts";

/** The environment of the Lambdas, judged; AppError `configuration` lists everything wrong with it by name. */
export function lambdaConfig(): ConfigOf<"lambdas"> {
  const answer = readConfig("lambdas", processEnvironment());
  if ("config" in answer) return answer.config;
  const problems = answer.problems.map(({ name, text }) => `${name} ${text}`).join("; ");
  throw new AppError("configuration", `This Lambda cannot start: ${problems}`);
}
