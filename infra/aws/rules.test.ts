import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import { addEnvironment } from "./emailAgent.ts";
import { environmentNames } from "./environment.ts";
import { passingApp } from "./testing/templates.ts";

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { constructPath: string }[];
    }[];
  }[];
}

it("breaks no rule of the AWS Solutions pack nor of CloudFormation that is not accepted with a reason", () => {
  const app = passingApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  for (const name of environmentNames()) addEnvironment(app, name);
  app.synth();
  const report: Report = JSON.parse(readFileSync(join(app.outdir, "validation-report.json"), "utf8"));
  const broken = report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    ),
  );
  expect(report.pluginReports.map(({ pluginName }) => pluginName)).toContain("AwsSolutions");
  expect(broken).toEqual([]);
});
