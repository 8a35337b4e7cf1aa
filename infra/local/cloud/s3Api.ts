import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiError } from "./apiError.ts";

export interface S3Request {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: URL;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

export interface S3Response {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

/**
 * Serves path-style S3: buckets, and objects as files below `folder` where a person can look at them. No versions, no
 * multipart uploads, no access rules. Throws ApiError.
 */
export function serveS3(request: S3Request, folder: string): S3Response {
  const [bucket = "", ...segments] = request.url.pathname.slice(1).split("/").map(decodeURIComponent);
  const bucketFolder = join(folder, encodeSegment(bucket));
  const key = segments.join("/");
  if (!bucket) throw apiError("MethodNotAllowed", "The local S3 serves buckets and objects only.", 405);
  if (!key && request.method === "PUT") {
    mkdirSync(bucketFolder, { recursive: true });
    return respond(200, { location: `/${bucket}` });
  }
  if (!existsSync(bucketFolder)) throw apiError("NoSuchBucket", `The bucket ${bucket} does not exist.`, 404);
  if (key) return serveObject(request, join(bucketFolder, ...key.split("/").map(encodeSegment)), key);
  if (request.method === "HEAD") return respond(200);
  if (request.method === "GET") return listObjects(bucketFolder, bucket, request.url.searchParams.get("prefix") ?? "");
  throw apiError("MethodNotAllowed", `The local S3 has no ${request.method} of a bucket.`, 405);
}

/** Content, and beside it what S3 keeps of its headers. */
const metadataSuffix = ".s3-metadata";

function serveObject(request: S3Request, path: string, key: string): S3Response {
  if (request.method === "PUT") return putObject(request, path);
  if (request.method === "DELETE") {
    rmSync(path, { force: true });
    rmSync(path + metadataSuffix, { force: true });
    return respond(204);
  }
  if (request.method !== "GET" && request.method !== "HEAD")
    throw apiError("MethodNotAllowed", `The local S3 has no ${request.method} of an object.`, 405);
  if (!existsSync(path + metadataSuffix)) throw apiError("NoSuchKey", `The key ${key} does not exist.`, 404);
  const body = readFileSync(path);
  const headers = { ...JSON.parse(readFileSync(path + metadataSuffix, "utf8")), "content-length": String(body.length) };
  return { status: 200, headers, body: request.method === "HEAD" ? "" : body };
}

function putObject(request: S3Request, path: string): S3Response {
  if (request.headers["if-none-match"] === "*" && existsSync(path + metadataSuffix))
    throw apiError("PreconditionFailed", "At least one of the preconditions you specified did not hold.", 412);
  const chunked = String(request.headers["content-encoding"] ?? "").includes("aws-chunked");
  const body = chunked ? withoutChunks(request.body) : request.body;
  const kept = Object.entries(request.headers).filter(
    ([name]) =>
      /^(content-type|cache-control|content-disposition|content-language)$/.test(name) ||
      name.startsWith("x-amz-meta-"),
  );
  const etag = `"${createHash("md5").update(body).digest("hex")}"`;
  const metadata = { ...Object.fromEntries(kept), etag, "last-modified": new Date().toUTCString() };
  mkdirSync(dirname(path), { recursive: true });
  writeWhole(path, body);
  // The metadata comes last: an object exists once it is there.
  writeWhole(path + metadataSuffix, JSON.stringify(metadata));
  return respond(200, { etag });
}

function listObjects(bucketFolder: string, bucket: string, prefix: string): S3Response {
  const objects = readdirSync(bucketFolder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(metadataSuffix))
    .map((path) => ({
      key: path.slice(0, -metadataSuffix.length).split("/").map(decodeURIComponent).join("/"),
      etag: String(JSON.parse(readFileSync(join(bucketFolder, path), "utf8")).etag),
    }))
    .filter(({ key }) => key.startsWith(prefix))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const contents = objects.map(
    ({ key, etag }) => `<Contents><Key>${escapeXml(key)}</Key><ETag>${escapeXml(etag)}</ETag></Contents>`,
  );
  const head = `<Name>${escapeXml(bucket)}</Name><KeyCount>${objects.length}</KeyCount><IsTruncated>false</IsTruncated>`;
  return xml(200, `<ListBucketResult>${head}${contents.join("")}</ListBucketResult>`);
}

export function s3Error(status: number, code: string, message: string): S3Response {
  return xml(status, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`);
}

function respond(status: number, headers: Record<string, string> = {}): S3Response {
  return { status, headers, body: "" };
}

function xml(status: number, body: string): S3Response {
  return { status, headers: { "content-type": "application/xml" }, body: `<?xml version="1.0"?>${body}` };
}

const escapeXml = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);

/** A name that is safe as a file name on every system and stays below its folder. */
const encodeSegment = (segment: string) => (/^\.*$/.test(segment) ? `%2E${segment}` : encodeURIComponent(segment));

/** A crash leaves the old file or the new one, never half of it. */
function writeWhole(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** Unpacks `aws-chunked`, which the SDK uses for bodies of unknown length: `<hex size>[;signature]\r\n<bytes>\r\n` … 0. */
function withoutChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
