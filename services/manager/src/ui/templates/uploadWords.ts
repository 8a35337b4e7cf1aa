import { counted } from "@email-agent/shared/domain/numberWords.ts";
import type { UploadedTemplate } from "../../api/templates.ts";

const namedFiles = 5;

/** What became of the images of a file; empty if there is nothing to say. */
export function uploadWords({ images, leftOut }: UploadedTemplate): string {
  const named = leftOut.slice(0, namedFiles).join(", ") + (leftOut.length > namedFiles ? " …" : "");
  return [
    ...(images.length > 0 ? [`${counted(images.length, "image is", "images are")} public now.`] : []),
    ...(leftOut.length > 0 ? [`Not taken, because the template uses no such image: ${named}.`] : []),
  ].join(" ");
}
