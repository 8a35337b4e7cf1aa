import { expect, it } from "vitest";
import { eventually } from "./eventually.ts";

it("returns the first truthy value", async () => {
  let calls = 0;
  expect(await eventually("three calls", () => ++calls === 3 && "done", { everyMilliseconds: 1 })).toBe("done");
  expect(calls).toBe(3);
});

it("treats a throw as not yet", async () => {
  let calls = 0;
  const attempt = () => {
    if (++calls < 3) throw new Error("not there");
    return calls;
  };
  expect(await eventually("it stops throwing", attempt, { everyMilliseconds: 1 })).toBe(3);
});

it("fails with what was waited for and what was seen last", async () => {
  const short = { withinSeconds: 0.02, everyMilliseconds: 1 };
  await expect(eventually("mail arrives", () => 0, short)).rejects.toThrow(/mail arrives.*returned: 0/);
  const refused = () => Promise.reject(new Error("connection refused"));
  await expect(eventually("mail arrives", refused, short)).rejects.toThrow(/mail arrives.*threw: connection refused/);
});
