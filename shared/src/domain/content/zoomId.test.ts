import fc from "fast-check";
import { expect, test } from "vitest";
import { isZoomLink, isZoomMeetingLink, readZoomEntry, zoomIdsInLink } from "./zoomId.ts";

test.each([
  ["123456789", { zoomId: "123456789" }],
  [" 123 4567 8901 ", { zoomId: "12345678901" }],
  ["123-456-7890", { zoomId: "1234567890" }],
  [
    "https://us02web.zoom.us/j/1234567890?pwd=abc123456789",
    { zoomId: "1234567890", zoomLink: "https://us02web.zoom.us/j/1234567890?pwd=abc123456789" },
  ],
  ["https://zoom.us/wc/join/123456789", { zoomId: "123456789", zoomLink: "https://zoom.us/wc/join/123456789" }],
])("%j is read", (text, entry) => {
  expect(readZoomEntry(text)).toEqual(entry);
});

test.each([
  "",
  "12345678",
  "123456789012",
  "12345678a",
  "https://example.org/j/123456789",
  "https://zoom.us.example.org/j/123456789",
  "https://notzoom.us/j/123456789",
  "http://zoom.us/j/123456789",
  "https://zoom.us/meeting/register/tZ0vdu6gqz",
  "https://zoom.us/j/123456789012",
])("%j is not", (text) => {
  expect(readZoomEntry(text)).toBeUndefined();
});

test("an id is found however it is grouped", () => {
  const id = fc.stringMatching(/^\d{9,11}$/);
  fc.assert(
    fc.property(id, fc.integer({ min: 1, max: 4 }), fc.constantFrom(" ", "-", "\t"), (zoomId, size, separator) => {
      const grouped = zoomId.replace(new RegExp(`(\\d{${size}})`, "g"), `$1${separator}`);
      expect(readZoomEntry(grouped)).toEqual({ zoomId });
    }),
  );
});

test("links: only the path counts, whole numbers only", () => {
  expect(zoomIdsInLink("https://zoom.us/j/123456789/x123456780/12345678901234?id=999999999")).toEqual([
    "123456789",
    "123456780",
  ]);
  expect(isZoomMeetingLink("https://us02web.zoom.us/w/123456789")).toBe(true);
  expect(isZoomMeetingLink("https://zoom.us/test")).toBe(false);
  expect(isZoomLink("not a link")).toBe(false);
});
