import { credentialSource, helpText, loadEnvFile, processEnvironment, readConfig } from "./config.ts";
import type { ConfigOf, ServiceName } from "./variables.ts";

/**
 * What every process does first: serves `--help` and `--check`, reads `.env` and the environment, and judges the rows of
 * the service. Undefined if the process has nothing more to do; what is missing is then on stderr, all at once, and
 * the exit code is set.
 */
export async function startConfig<Service extends ServiceName>(
  service: Service,
): Promise<{ readonly config: ConfigOf<Service>; readonly warnings: readonly string[] } | undefined> {
  if (process.argv.includes("--help")) {
    process.stdout.write(`${helpText(service)}\n`);
    return undefined;
  }
  loadEnvFile();
  const result = readConfig(service, processEnvironment());
  const problems = "problems" in result ? [...result.problems] : [];
  if (!(await credentialsFound()))
    problems.push({
      name: "AWS_PROFILE",
      text: "is missing: no role, container, web-identity or environment credentials were found either",
    });
  if (problems.length > 0 || "problems" in result) {
    const lines = problems.map((problem) => `  ${problem.name} ${problem.text}`);
    process.stderr.write(
      `email-agent ${service} cannot start; set these variables (--help explains them):\n${lines.join("\n")}\n`,
    );
    process.exitCode = 1;
    return undefined;
  }
  if (process.argv.includes("--check")) {
    for (const warning of result.warnings) process.stdout.write(`Warning: ${warning}\n`);
    process.stdout.write(`email-agent ${service}: every variable it needs is set.\n`);
    return undefined;
  }
  return result;
}

async function credentialsFound(): Promise<boolean> {
  if (credentialSource(processEnvironment())) return true;
  // Only a role of the machine can help now (EC2), and only the network knows it: the AWS client's own chain queries its
  // metadata service last, for a second at most.
  const { SQSClient } = await import("@aws-sdk/client-sqs");
  const client = new SQSClient({ region: "us-east-1" });
  try {
    await client.config.credentials();
    return true;
  } catch {
    // The chain throws only to say that it found no credentials.
    return false;
  } finally {
    client.destroy();
  }
}
