import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { addEnvironment, type EmailAgent } from "../emailAgent.ts";
import type { Environment } from "../environment.ts";

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An app whose output goes when the process ends. `context` is what `--context` gives on the command line. */
export function passingApp(context: Record<string, unknown> = {}): App {
  const outdir = mkdtempSync(join(tmpdir(), "email-agent-synth-"));
  folders.push(outdir);
  return new App({ outdir, context });
}

/** The templates of one environment by stack, with other settings if given; once per test file, for it takes seconds. */
export function templatesOf(
  environmentName: string,
  app: App = passingApp(),
  environment?: Environment,
): Record<keyof EmailAgent, Template> {
  const stacks = addEnvironment(app, environmentName, environment);
  const entries = Object.entries(stacks).map(([name, stack]) => [name, Template.fromStack(stack)]);
  return Object.fromEntries(entries) as Record<keyof EmailAgent, Template>;
}

/** The resources of a type with what a template says of them, by logical id. */
export function resourcesOf(template: Template, type: string): Record<string, Resource> {
  return template.findResources(type) as Record<string, Resource>;
}

/** A resource of a template. What it holds depends on its type, and tests look at it as JSON. */
export interface Resource {
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}
