import { createElement } from "react";
import { expect, test } from "vitest";
import { renderPage } from "../../../testing/renderPage.ts";
import { RequestFailed } from "../http.ts";
import { Problem } from "./Problem.tsx";

const shown = (status: number) => {
  const error = new RequestFailed(status, { code: "code", message: "The sentence." });
  return renderPage(createElement(Problem, { error, retry() {} })).trim();
};

test("a refusal and a missing thing are no failures: their headings say so, and nothing is to be tried again", () => {
  expect(shown(403)).toBe("Not allowed The sentence.");
  expect(shown(404)).toBe("Not found The sentence.");
  expect(shown(503)).toBe("Something went wrong The sentence. Try again");
});
