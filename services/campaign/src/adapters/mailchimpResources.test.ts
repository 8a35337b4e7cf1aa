import { expect, test } from "vitest";
import { draftSchema } from "./mailchimpResources.ts";

test("someone else's draft without title or settings is read, and is never mistaken for one of ours", () => {
  for (const draft of [
    { id: "a", create_time: null },
    { id: "a", create_time: "", settings: { title: null } },
  ]) {
    const { title, createdAt } = draftSchema.parse(draft);
    expect(title).toBe("");
    expect(createdAt < Date.now()).toBe(false);
  }
});
