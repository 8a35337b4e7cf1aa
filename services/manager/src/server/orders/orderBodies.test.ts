import { formFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { emptyForm } from "@email-agent/shared/domain/form/orderForm.ts";
import { expect, test } from "vitest";
import { createBodySchema } from "./orderBodies.ts";

test("a body takes every field of a form as the form holds it, or leaves it out", () => {
  expect(createBodySchema.parse({ fields: emptyForm })).toEqual({ fields: emptyForm });
  expect(createBodySchema.parse({ fields: {} })).toEqual({ fields: {} });
});

test.each([...formFields, "parentOrderId"])("a body with %s of another kind is refused", (name) => {
  expect(createBodySchema.safeParse({ fields: { [name]: Symbol("other") } }).success).toBe(false);
});
