import { expect, test } from "vitest";
import { AppError } from "./errors.ts";

test("an error of another copy of this module is one all the same, as in the bundles of Next.js", async () => {
  const another = "./errors.ts?another";
  const copy = (await import(/* @vite-ignore */ another)) as { AppError: typeof AppError };
  expect(copy.AppError).not.toBe(AppError);
  const thrown = new copy.AppError("conflict", "taken");
  expect(thrown).toBeInstanceOf(AppError);
  expect(new AppError("conflict", "taken")).toBeInstanceOf(copy.AppError);
});

test("nothing else is one", () => {
  const look = Object.assign(new Error("conflict"), { name: "AppError", code: "conflict" });
  for (const thrown of [look, undefined, null, "AppError", {}]) expect(thrown).not.toBeInstanceOf(AppError);
});
