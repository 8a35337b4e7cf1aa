import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { resourcesOf, templatesOf } from "../testing/templates.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/runbook.md"), "utf8");

/** What the articles are about: one name or several, in which `…` is any part of a name. */
const articles = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) => ({
  heading,
  patterns: heading.split(", ").map((name) => new RegExp(`^${RegExp.escape(name).replaceAll("…", ".+")}$`)),
}));

/** Everything that sends a mail to the operators. Alarms that only scale have no name of their own. */
function alarmIds(environment: string): string[] {
  const named = Object.values(templatesOf(environment)).flatMap((template) => [
    ...propertiesOf(template, "AWS::CloudWatch::Alarm").map(({ AlarmName }) => AlarmName),
    ...propertiesOf(template, "AWS::Events::Rule").map(({ Name }) => Name),
    ...propertiesOf(template, "AWS::Budgets::Budget").map(() => `email-agent-${environment}-budget`),
  ]);
  const prefix = `email-agent-${environment}-`;
  return named.flatMap((name) => (name?.startsWith(prefix) ? name.slice(prefix.length) : []));
}

function propertiesOf(...[template, type]: Parameters<typeof resourcesOf>) {
  return Object.values(resourcesOf(template, type)).map(({ Properties }) => Properties);
}

const ids = [...new Set(["dev", "production"].flatMap(alarmIds))];

it("acceptance 97: every alarm has one article in the runbook", () => {
  expect(ids.length).toBeGreaterThan(80);
  const found = ids.map((id) => [id, articles.filter(({ patterns }) => patterns.some((one) => one.test(id))).length]);
  expect(found.filter(([, count]) => count !== 1)).toEqual([]);
});

it("every article has its urgency, once", () => {
  const urgencies = [...page.matchAll(/^\| \*\*(?:Now|Today|Know)\*\*.+\| (.+) \|$/gm)].map(([, cell = ""]) => cell);
  const named = urgencies.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(named.toSorted()).toEqual(articles.map(({ heading }) => heading).toSorted());
});

it("acceptance 97: every article of the runbook is about an alarm, and says what it means, where to look and what to do", () => {
  expect(articles.filter(({ patterns }) => !patterns.every((one) => ids.some((id) => one.test(id))))).toEqual([]);
  const texts = page.split(/^### /m).slice(1);
  for (const text of texts) for (const part of ["**Means**:", "**Look at**:", "**Do**:"]) expect(text).toContain(part);
});
