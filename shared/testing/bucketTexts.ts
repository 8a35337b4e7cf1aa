import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { Aws } from "../src/adapters/aws.ts";

/** Every object below a prefix, a thousand at most, as text whatever its encoding: letters of ASCII are themselves in all of them. */
export async function bucketTexts(
  { s3 }: Pick<Aws, "s3">,
  { S3_BUCKET: Bucket }: { readonly S3_BUCKET: string },
  prefix: string,
): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? [])
        .toString("latin1")
        .replaceAll("\0", "");
    }),
  );
}
