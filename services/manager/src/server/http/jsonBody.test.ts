import { expect, test } from "vitest";
import { jsonBody } from "./jsonBody.ts";

const address = "http://127.0.0.1/api/work-orders";
const read = (body: BodyInit | null, type = "application/json") =>
  jsonBody(
    new Request(address, {
      ...{ method: "POST", body, duplex: "half" },
      headers: { "content-type": type },
    } as RequestInit),
  );

/** Comes in pieces and does not say how long it will be; `pieces` counts those taken. */
function pieces(text: string, most: number) {
  const taken = { pieces: 0 };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      taken.pieces += 1;
      if (taken.pieces > most) controller.close();
      else controller.enqueue(new TextEncoder().encode(text));
    },
  });
  return { stream, taken };
}

test("JSON is read, whatever its pieces", async () => {
  expect(await read('{"a":"ü"}')).toEqual({ a: "ü" });
  const { stream } = pieces("1", 3);
  expect(await read(stream)).toBe(111);
});

test.each(["", "{", "a=b", "\ufeff"])("%j is no JSON", async (body) => {
  await expect(read(body)).rejects.toMatchObject({ code: "invalid-input" });
});

test("more than a megabyte is refused with its length, or as soon as it is that long", async () => {
  expect(await read(JSON.stringify("x".repeat(1024 * 1024 - 2)))).toHaveLength(1024 * 1024 - 2);
  await expect(read("x".repeat(1024 * 1024 + 1))).rejects.toMatchObject({ code: "too-large" });
  const { stream, taken } = pieces("x".repeat(100_000), 1000);
  await expect(read(stream)).rejects.toMatchObject({ code: "too-large" });
  expect(taken.pieces).toBeLessThan(20);
});

test("a body that says to be something else than JSON is refused", async () => {
  expect(await read("{}", "application/json; charset=utf-8")).toEqual({});
  for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/jsonx", ""])
    await expect(read("{}", type), type).rejects.toMatchObject({ code: "unsupported-media-type" });
});
