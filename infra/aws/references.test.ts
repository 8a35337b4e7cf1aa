import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { passingApp, templatesOf } from "./testing/templates.ts";

type Json = Readonly<Record<string, unknown>>;
interface Output {
  readonly Export?: { readonly Name: string };
}
interface StackOutput {
  readonly StackName: string;
  readonly OutputName: string;
}

/** Every value of a key, anywhere in a template. */
function valuesOf(template: Template, key: string): unknown[] {
  const found: unknown[] = [];
  const visit = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    if (Object.hasOwn(value, key)) found.push((value as Json)[key]);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(template.toJSON());
  return found;
}
const all = (templates: ReturnType<typeof templatesOf>): [string, Template][] => Object.entries(templates);
const outputsOf = (template: Template): Record<string, Output> => template.toJSON()["Outputs"] ?? {};
const exportsOf = (templates: ReturnType<typeof templatesOf>) =>
  all(templates).flatMap(([, template]) =>
    Object.values(outputsOf(template)).flatMap(({ Export }) => Export?.Name ?? []),
  );

/** What never goes while services stand: the network they stand in, and the API browsers are connected to. */
const lasting =
  /^email-agent-small-(messaging:ExportsOutput(Ref|FnGetAtt)(network|valkeyclients)[A-Za-z0-9]+|realtime-api-id)$/;

describe("references between stacks", () => {
  const templates = templatesOf("small");

  it("import nothing a release may drop, and export nothing that would keep it", () => {
    const imported = all(templates).flatMap(([, template]) => valuesOf(template, "Fn::ImportValue"));
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((name) => !lasting.test(String(name)))).toEqual([]);
    expect(exportsOf(templates).filter((name) => !lasting.test(name))).toEqual([]);
  });

  it("read outputs that the stack they name has", () => {
    const read = all(templates).flatMap(([, template]) => valuesOf(template, "Fn::GetStackOutput") as StackOutput[]);
    expect(read.length).toBeGreaterThan(100);
    const missing = read.filter(({ StackName, OutputName }) => {
      const stack = StackName.replace("email-agent-small-", "") as keyof typeof templates;
      return !(OutputName in outputsOf(templates[stack]));
    });
    expect(missing).toEqual([]);
  });

  it("keep every export for the one deployment in which deployed stacks let go of them", () => {
    const before = exportsOf(templatesOf("small", passingApp({ references: "strong" })));
    const both = templatesOf("small", passingApp({ references: "both" }));
    expect(before.length).toBeGreaterThan(50);
    expect(exportsOf(both)).toEqual(expect.arrayContaining(before));
    const imported = all(both).flatMap(([, template]) => valuesOf(template, "Fn::ImportValue"));
    expect(imported.filter((name) => !lasting.test(String(name)))).toEqual([]);
  });

  it("and everything else come out the same each time", () => {
    const texts = (made: typeof templates) => all(made).map(([, template]) => JSON.stringify(template.toJSON()));
    expect(texts(templatesOf("small"))).toEqual(texts(templates));
  });

  it("name what may be asked for", () => {
    expect(() => templatesOf("small", passingApp({ references: "none" }))).toThrow(
      "The context references must be one of strong, weak, both, and is none.",
    );
  });
});
