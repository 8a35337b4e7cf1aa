import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, Stack, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import { addEnvironment } from "./emailAgent.ts";
import { environmentNames } from "./environment.ts";
import { passingApp } from "./testing/templates.ts";

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** Every rule broken and not accepted, with the construct that breaks it. */
function brokenRules(app: App): string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
  } catch (error) {
    if (!/validation/i.test(String(error))) throw error;
  }
  const report: Report = JSON.parse(readFileSync(join(app.outdir, "validation-report.json"), "utf8"));
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    ),
  );
}

it("breaks no rule of the AWS Solutions pack or of CloudFormation that is not accepted with a reason", () => {
  const app = passingApp();
  for (const name of environmentNames()) addEnvironment(app, name);
  expect(brokenRules(app)).toEqual([]);
}, 120_000);

it("would see a rule that is broken", () => {
  const app = passingApp();
  new Bucket(new Stack(app, "control"), "bucket");
  expect(brokenRules(app).join(" ")).toContain("AwsSolutions-S10");
});
