import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";

/** The private bucket with templates, their images and prepared content, whose objects are never overwritten, and drafts. */
export interface Documents {
  /** Puts unless the key exists; true if this call put it. Throws `signal.reason` when aborted. */
  putNew(key: string, body: string | Uint8Array, contentType: string, signal?: AbortSignal): Promise<boolean>;
  /** Puts, also over what the key holds: for drafts and imports. Throws `signal.reason` when aborted. */
  put(key: string, body: string | Uint8Array, contentType: string, signal?: AbortSignal): Promise<void>;
  /** The text of an object; AppError `not-found` naming the key. */
  getText(key: string, signal?: AbortSignal): Promise<string>;
  /** The bytes of an object; AppError `not-found` naming the key. */
  getBytes(key: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** HTTPS URL of an object as stored in `embeddedEmails`. */
  url(key: string): string;
}

interface DocumentsConfig {
  readonly S3_BUCKET: string;
  readonly AWS_REGION: string;
  readonly AWS_ENDPOINT_URL: string;
}

/** Documents in S3. Failures of S3 are AppError `storage`; the SDK has tried three times by then. */
export function documents(aws: Pick<Aws, "s3">, config: DocumentsConfig): Documents {
  const Bucket = config.S3_BUCKET;
  const exists = async (Key: string, abortSignal: AbortSignal | undefined) => {
    try {
      await aws.s3.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal });
      return true;
    } catch (error) {
      // Without the right to list the bucket S3 says 403 for a missing key: the conditional put then decides alone.
      if (error instanceof S3ServiceException && [403, 404].includes(error.$metadata.httpStatusCode ?? 0)) return false;
      throw error;
    }
  };
  const read = <Value>(
    Key: string,
    signal: AbortSignal | undefined,
    bodyOf: (body: GetObjectCommandOutput["Body"]) => Promise<Value>,
  ) =>
    storage(`read ${Key} from`, Bucket, signal, async () => {
      try {
        const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }), { abortSignal: signal });
        return await bodyOf(Body);
      } catch (error) {
        if (!(error instanceof NoSuchKey)) throw error;
        throw new AppError("not-found", `Bucket ${Bucket} has no object ${Key}.`, { cause: error });
      }
    });
  return {
    putNew: (key, body, contentType, signal) =>
      storage(`put ${key} into`, Bucket, signal, async () => {
        // Not every S3-like store knows the condition of the put, so the key is looked up first. Between the two a
        // second writer may come in: keys are made of the content, so it writes the same.
        if (await exists(key, signal)) return false;
        const put = new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: contentType, IfNoneMatch: "*" });
        try {
          await aws.s3.send(put, { abortSignal: signal });
          return true;
        } catch (error) {
          // 412: it exists by now. 409: another process puts the same key at this moment.
          if (error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0))
            return false;
          throw error;
        }
      }),
    put: (key, body, contentType, signal) =>
      storage(`put ${key} into`, Bucket, signal, async () => {
        const put = new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: contentType });
        await aws.s3.send(put, { abortSignal: signal });
      }),
    getText: (key, signal) => read(key, signal, async (body) => (await body?.transformToString("utf-8")) ?? ""),
    getBytes: (key, signal) =>
      read(key, signal, async (body) => (await body?.transformToByteArray()) ?? new Uint8Array()),
    url: (key) => objectUrl(config, key),
  };
}

async function storage<Value>(
  what: string,
  bucket: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof AppError) throw error;
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new AppError("storage", `Could not ${what} bucket ${bucket}: ${reason}`, { cause: error });
  }
}

/**
 * The host style of S3; a bucket with dots goes into the path, because the certificate of S3 covers one label only.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
function objectUrl(config: DocumentsConfig, key: string): string {
  const path = key.split("/").map(encodeURIComponent).join("/");
  if (config.AWS_ENDPOINT_URL) return `${config.AWS_ENDPOINT_URL.replace(/\/+$/, "")}/${config.S3_BUCKET}/${path}`;
  const host = `s3.${config.AWS_REGION}.amazonaws.com`;
  return config.S3_BUCKET.includes(".")
    ? `https://${host}/${config.S3_BUCKET}/${path}`
    : `https://${config.S3_BUCKET}.${host}/${path}`;
}
