import { openLog } from "@email-agent/shared/kit/log.ts";
import { expect, test } from "vitest";
import { noSuchAddress } from "./noSuchAddress.ts";

test("an unknown address is an error like all others, without the query", async () => {
  const log = openLog("manager", "error", { write: () => {} });
  const answer = noSuchAddress({ log }, new Request("http://127.0.0.1/api/nothing/here?q=secret"));
  expect(answer.status).toBe(404);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await answer.json()).toEqual({
    error: { code: "not-found", message: "The API has nothing at /api/nothing/here. Check the address." },
  });
});
