import { expect, it } from "vitest";
import { missingIn } from "./documentedPaths.ts";

const files = ["README.md", "docs/rules.md", "services/sender/src/send/planRun.ts"];
const read = () => "# Rules\n\n## What a reply means\n";
const missing = (text: string, page = "docs/rules.md") => missingIn(page, text, files, read);

it("a file, a folder, the end of a path, a page and a heading that exist are fine", () => {
  const names = "`services/sender/src/send/planRun.ts` `services/sender/` `send/planRun.ts` `planRun.ts`";
  expect(missing(`${names} [page](../README.md) [above](#what-a-reply-means) [web](https://example.org/x.md)`)).toEqual(
    [],
  );
  expect(missing("[rules](docs/rules.md#what-a-reply-means) [folder](docs)", "README.md")).toEqual([]);
});

it.each([
  ["`services/sender/src/gone.ts`", "services/sender/src/gone.ts"],
  ["`gone.ts`", "gone.ts"],
  ["`services/receiver`", "services/receiver"],
  ["[page](gone.md)", "gone.md"],
  ["![picture](images/gone.png)", "images/gone.png"],
  ["[heading](rules.md#gone)", "rules.md#gone"],
])("%s is found to be missing", (text, path) => {
  expect(missing(text)).toEqual([path]);
});
