import { fieldsOfKind } from "@email-agent/shared/domain/configuration/fields.ts";
import { createElement } from "react";
import { expect, test } from "vitest";
import { renderPage } from "../../../testing/renderPage.ts";
import type { SettingsItem } from "../../api/settings.ts";
import { Versions } from "./Versions.tsx";

/** What the list says of the one earlier version of an account, beside the account as it is now. */
function shown(now: object, then: object, secretsSet: readonly string[] = []): string {
  const fields = fieldsOfKind("account") ?? [];
  const item: SettingsItem = {
    form: {
      ...{ kind: "account", keyFields: ["name"], choices: {} },
      fields: fields.filter(({ elsewhere }) => !elsewhere),
    },
    hiddenFields: fields.filter(({ elsewhere }) => elsewhere),
    values: { name: "office", ...now },
    ...{ secretsSet, faults: {}, usedBy: [] },
    versions: [{ version: 1, changedBy: "Ada", fields: then as Record<string, unknown> }],
  };
  return renderPage(createElement(Versions, { item, onRestore() {} }));
}

test("an earlier version says in what it differs, also where the form does not show it", () => {
  const paused = { by: "ada", at: "2026-11-23T08:00:00.000Z", reason: "Holiday" };
  expect(shown({ paused }, {})).toContain("Ada Pause Compare");
  expect(shown({ paused, fromName: "Office" }, {})).toContain("Ada Sender name, Pause Compare");
  expect(shown({ other: 1 }, {})).toContain("Ada Fields that this form does not show Compare");
  expect(shown({}, {})).toContain("Ada Nothing Compare");
  expect(shown({}, {}, ["password"])).toContain("Ada Nothing; passwords and keys are not compared Compare");
});
