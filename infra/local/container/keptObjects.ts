import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, S3ServiceException } from "@aws-sdk/client-s3";
import type { Aws } from "@email-agent/shared/adapters/aws.ts";

/** One object of the bucket, as its file holds it. */
interface KeptObject {
  readonly key: string;
  readonly etag: string;
  readonly contentType: string | undefined;
  readonly bodyBase64: string;
}

export interface KeptObjects {
  /** Copies what the bucket holds and the folder does not; returns how many. */
  keep(): Promise<number>;
  /** Puts into the bucket what the folder holds and the bucket does not; returns how many. */
  putBack(): Promise<number>;
}

/**
 * Keeps the objects of a bucket in a folder. LocalStack's free edition holds S3 in memory, and an order whose content is
 * gone can neither be sent nor shown.
 */
export function keptObjects(aws: Pick<Aws, "s3">, bucket: string, folder: string): KeptObjects {
  mkdirSync(folder, { recursive: true });
  const fileOf = (key: string) => join(folder, `${createHash("sha256").update(key).digest("hex")}.json`);
  const etags = new Map(readKept(folder).map(({ key, etag }) => [key, etag]));

  const copy = async (key: string) => {
    const { Body, ContentType, ETag = "" } = await aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const bodyBase64 = (await Body?.transformToString("base64")) ?? "";
    const kept: KeptObject = { key, etag: ETag, contentType: ContentType, bodyBase64 };
    writeFileSync(`${fileOf(key)}.new`, JSON.stringify(kept));
    renameSync(`${fileOf(key)}.new`, fileOf(key));
    etags.set(key, ETag);
  };
  return {
    async keep() {
      let copied = 0;
      for await (const page of paginateListObjectsV2({ client: aws.s3 }, { Bucket: bucket }))
        for (const { Key = "", ETag } of page.Contents ?? []) {
          if (etags.get(Key) === ETag) continue;
          await copy(Key);
          copied++;
        }
      return copied;
    },
    async putBack() {
      let put = 0;
      for (const { key, contentType, bodyBase64 } of readKept(folder)) {
        const object = { Bucket: bucket, Key: key, ContentType: contentType, Body: Buffer.from(bodyBase64, "base64") };
        try {
          await aws.s3.send(new PutObjectCommand({ ...object, IfNoneMatch: "*" }));
          put++;
        } catch (error) {
          // 412: it is there.
          if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412)) throw error;
        }
      }
      return put;
    },
  };
}

function readKept(folder: string): KeptObject[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as KeptObject);
}
