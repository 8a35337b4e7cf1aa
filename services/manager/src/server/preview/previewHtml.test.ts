import { expect, test } from "vitest";
import type { Preview } from "../../api/preview.ts";
import { previewHtml } from "./previewHtml.ts";

const preview: Preview = { state: "prepared", sources: ["prepared"], language: "EN", languages: ["EN"], findings: [] };

test("nothing in the frame runs or is fetched; pictures only where requested", () => {
  const policyOf = (pictures: boolean) =>
    previewHtml({ preview, html: "<p>x</p>" }, pictures).headers.get("content-security-policy");
  expect(policyOf(false)).toBe(
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
  );
  expect(policyOf(true)).toBe(
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'",
  );
  const { headers } = previewHtml({ preview, html: "<p>x</p>" }, true);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
});

test.each([
  ["<html><head><title>x</title></head>", `<html><head><base target="_blank"><title>x</title></head>`],
  [`<!DOCTYPE html>\n<html><HEAD lang="en">`, `<!DOCTYPE html>\n<html><HEAD lang="en"><base target="_blank">`],
  ["<!doctype html><header>x</header>", `<!doctype html><base target="_blank"><header>x</header>`],
  ["<p>$& and $1</p>", `<base target="_blank"><p>$& and $1</p>`],
])("links of %j would open elsewhere, where the sandbox refuses them", async (html, expected) => {
  expect(await previewHtml({ preview, html }, false).text()).toBe(expected);
});

test("the reason why a mail cannot be shown is in the frame, as text", async () => {
  const page = await previewHtml({ preview: { ...preview, problem: "No <b>mail</b>." } }, false).text();
  expect(page).toContain("No &lt;b&gt;mail&lt;/b&gt;.");
});
