import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { addEnvironment } from "./emailAgent.ts";
import { environmentNames } from "./environment.ts";

// Run by the cdk command (cdk.json). `--context environment=<name>` picks one environment; without it all are made.
const app = new App({ autoSynth: false });
// A rule that is broken and not accepted with a reason (accept.ts) fails the synthesis.
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
const chosen: string | undefined = app.node.tryGetContext("environment");
try {
  for (const name of chosen ? [chosen] : environmentNames()) addEnvironment(app, name);
  app.synth();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
