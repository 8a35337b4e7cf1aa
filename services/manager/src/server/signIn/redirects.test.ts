import fc from "fast-check";
import { expect, test } from "vitest";
import { ownPath } from "./redirects.ts";

const manager = "https://manager.example.org";

test.each([
  ["/", "/"],
  ["/work-orders/wo-1?list=send&language=EN#top", "/work-orders/wo-1?list=send&language=EN#top"],
  ["/work-orders/../work-orders/new", "/work-orders/new"],
  ["/signed", "/signed"],
  ["/sign-ing", "/sign-ing"],
])("%s is a page of ours", (text, path) => expect(ownPath(text)).toBe(path));

test.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/%2e//evil.example",
  "/.\\/evil.example",
  "https://evil.example",
  "https:evil.example",
  "javascript:alert(1)",
  " //evil.example",
  "evil.example",
  "@evil.example",
  "",
  null,
  undefined,
  "/api/auth/sign-out",
  "/api",
  "/sign-in?returnTo=/sign-in",
])("%j leads to the start page", (text) => expect(ownPath(text)).toBe("/"));

test("what no browser has in its address bar leads to the start page", () => {
  expect(ownPath(`/${"x".repeat(3000)}`)).toBe("/");
});

const piece = fc.constantFrom(
  ..."/ // /// \\ . .. : @ # ? % %2f %2F %5c %00 %09 \t \n \r evil.example https: http:// //evil.example javascript: data: é ｅ 。".split(
    " ",
  ),
  " ",
  "\u2028",
);
const trick = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary" }),
);

test("whatever is requested, the result is a path of ours in a Location header and in a script alike", () => {
  fc.assert(
    fc.property(trick, (text) => {
      for (const asked of [text, `/${text}`]) {
        const path = ownPath(asked);
        expect(path).toMatch(/^\/(?![/\\])/);
        expect(path).not.toMatch(/\s|^[^?#]*\\/);
        expect(new URL(path, manager).origin).toBe(manager);
        // Judged twice it is the same: what was kept in a cookie is judged again.
        expect(ownPath(path)).toBe(path);
      }
    }),
    { numRuns: 2000 },
  );
});
