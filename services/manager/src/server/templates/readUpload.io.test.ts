import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { zipOf } from "../../../testing/zipOf.ts";
import { serveMedia } from "../public/serveMedia.ts";
import { readUpload } from "./readUpload.ts";

let fixture: ManagerFixture;
beforeAll(async () => {
  fixture = await openManagerFixture();
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const signature = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
/** A picture of the test's own; only its beginning matters here. */
const png = (text: string) => Buffer.concat([Buffer.from(signature), Buffer.from(text)]);
const addressOf = (bytes: Uint8Array, extension = "png") =>
  `https://mail.example.org/media/${createHash("sha256").update(bytes).digest("hex")}.${extension}`;
const upload = (bytes: Uint8Array) => readUpload(fixture.manager, bytes);
const refused = (bytes: Uint8Array) =>
  upload(bytes).then(
    () => "accepted",
    (error: Error) => error.message,
  );

test("an HTML file is decoded as it declares, or refused with what is wrong", async () => {
  const latin = Buffer.from('<meta charset="iso-8859-1"><p>Grüße</p>', "latin1");
  expect(await upload(latin)).toEqual({
    html: '<meta charset="iso-8859-1"><p>Grüße</p>',
    ...{ images: [], leftOut: [] },
  });
  expect(await refused(Buffer.from("<p>Gr\xfc\xdfe</p>", "latin1"))).toMatch(/^The file is not UTF-8/);
  expect(await refused(Buffer.alloc(0))).toMatch(/empty/);
  expect(await refused(png("x"))).toMatch(/is an image/);
  expect(await refused(Buffer.alloc(600_000, "a"))).toMatch(/more than the 500 KB/);
});

describe("acceptance 116: a zip with a template and its images is uploaded, and the images are public under their hash", () => {
  const logo = png("logo");
  const photo = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from("photo")]);
  const html = `<style>td{background:url('images/logo.png')} p{background:url( ../mail/images/my%20photo.jpg )}</style>
<img src="images/logo.png"><IMG SRC='./images/LOGO.PNG'><img src=images/logo.png>
<td background="images\\logo.png"><img srcset="images/logo.png 1x, images/my%20photo.jpg 2x" src="images/my photo.jpg">
<!--[if mso]><v:fill src="images/logo.png"/><![endif]-->
<p>images/logo.png is the file.</p><img src="https://example.org/images/logo.png"><img src="images/none.png"><a href="#top">x</a>`;
  const zip = () =>
    zipOf({
      "mail/index.html": html,
      "mail/images/logo.png": logo,
      "mail/images/my photo.jpg": photo,
      "mail/images/unused.png": png("unused"),
      "mail/evil.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
      "__MACOSX/mail/._index.html": "x",
    });

  test("every address of an image in tags and style sheets becomes public, texts and other addresses stay", async () => {
    const made = await upload(zip());
    const [one, two] = [addressOf(logo), addressOf(photo, "jpg")];
    expect(made.html).toBe(`<style>td{background:url("${one}")} p{background:url("${two}")}</style>
<img src="${one}"><IMG SRC='${one}'><img src=${one}>
<td background="${one}"><img srcset="${one} 1x, ${two} 2x" src="${two}">
<!--[if mso]><v:fill src="${one}"/><![endif]-->
<p>images/logo.png is the file.</p><img src="https://example.org/images/logo.png"><img src="images/none.png"><a href="#top">x</a>`);
    expect(made.images).toEqual([
      { file: "mail/images/logo.png", address: one },
      { file: "mail/images/my photo.jpg", address: two },
    ]);
    expect(made.leftOut).toEqual(["mail/images/unused.png", "mail/evil.svg"]);
  });

  test("they are served to everyone with their type, for ever, and nothing in them runs", async () => {
    await upload(zip());
    const file = addressOf(photo, "jpg").split("/").at(-1)!;
    const response = await serveMedia(fixture.manager, file);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "cache-control": "public, max-age=31536000, immutable",
      "content-security-policy": "sandbox; default-src 'none'",
      "cross-origin-resource-policy": "cross-origin",
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(photo);
  });

  test.each([`${"a".repeat(64)}.png`, "../prepared/x.png", `${"a".repeat(64)}.svg`, `${"a".repeat(64)}.html`, "x.png"])(
    "%s is no image of ours",
    async (file) => {
      const response = await serveMedia(fixture.manager, file);
      expect([response.status, response.headers.get("content-type")]).toEqual([404, "text/plain; charset=utf-8"]);
    },
  );

  test.each([
    ["no HTML", () => zipOf({ "a.png": logo }), /holds no HTML file/],
    ["two HTML files", () => zipOf({ "a.html": "x", "b.htm": "y" }), /holds 2 HTML files \(a\.html, b\.htm\)/],
    ["a path out of the archive", () => zipOf({ "a.html": "x", "../../evil.png": logo }), /cannot be read/],
    ["an absolute path", () => zipOf({ "a.html": "x", "/etc/evil.png": logo }), /cannot be read/],
    [
      "too many files",
      () => zipOf(Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`${n}.png`, logo]))),
      /more than 200 files/,
    ],
    [
      "a file that is too large unpacked",
      () => zipOf({ "a.html": "x", "big.png": Buffer.alloc(6 * 1024 * 1024) }),
      /big\.png in the zip file has more than 5 MB/,
    ],
    [
      "files too large together",
      () =>
        zipOf(Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`${n}.png`, Buffer.alloc(4.5 * 1024 * 1024)]))),
      /more than 20 MB together/,
    ],
    [
      "a size that is a lie",
      () => zipOf({ "big.png": Buffer.alloc(4 * 1024 * 1024) }, { saidBytes: 10 }),
      /cannot be read: too many bytes in the stream/,
    ],
    ["half of an archive", () => zip().subarray(0, 300), /cannot be read/],
  ])("%s is refused with a sentence", async (_what, bytes, message) => {
    expect(await refused(bytes())).toMatch(message);
  });

  test("without a public address images are refused, HTML alone is not", async () => {
    const parts = { ...fixture.manager, config: { ...fixture.manager.config, PUBLIC_BASE_URL: "" } };
    await expect(readUpload(parts, zip())).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining("PUBLIC_BASE_URL"),
    });
    expect((await readUpload(parts, Buffer.from("<p>x</p>"))).html).toBe("<p>x</p>");
  });

  test("HTML that was made to take long does not", async () => {
    for (const part of ["<a", "<style>", '="', "url(", "<style>url(", "=' ", "= "]) {
      const started = performance.now();
      await upload(Buffer.from(part.repeat(Math.floor(480_000 / part.length))));
      expect({ part, isQuick: performance.now() - started < 3000 }).toEqual({ part, isQuick: true });
    }
  });
});
