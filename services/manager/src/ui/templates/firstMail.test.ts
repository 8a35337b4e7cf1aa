import { checkContent } from "@email-agent/shared/domain/content/contentCheck.ts";
import { aMailSource, someMailSettings } from "@email-agent/shared/testing/mailBuilders.ts";
import { expect, test } from "vitest";
import { firstMail } from "./firstMail.ts";

const rules = { salutationByName: false, regLinkPresent: false, confirmation: false, inPerson: false };
const errorsOf = (html: string) =>
  checkContent(aMailSource({ html }), someMailSettings({}), rules).filter(({ severity }) => severity === "error");

test("the example is refused for its placeholder alone, until a text replaces it", () => {
  expect(errorsOf(firstMail)).toEqual([
    expect.objectContaining({ text: expect.stringContaining("{{Write the text of the mail here}}") }),
  ]);
  expect(errorsOf(firstMail.replace(/\{\{.*\}\}/, "Our first news."))).toEqual([]);
});
