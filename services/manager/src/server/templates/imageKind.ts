/** Images that mail programs show. SVG is none of them: it may hold scripts. */
const kinds = [
  {
    extension: "png",
    type: "image/png",
    begins: (bytes: Uint8Array) => has(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
  },
  { extension: "jpg", type: "image/jpeg", begins: (bytes: Uint8Array) => has(bytes, 0, [0xff, 0xd8, 0xff]) },
  { extension: "gif", type: "image/gif", begins: (bytes: Uint8Array) => has(bytes, 0, [0x47, 0x49, 0x46, 0x38]) },
  {
    extension: "webp",
    type: "image/webp",
    begins: (bytes: Uint8Array) => has(bytes, 0, [0x52, 0x49, 0x46, 0x46]) && has(bytes, 8, [0x57, 0x45, 0x42, 0x50]),
  },
] as const;

export interface ImageKind {
  readonly extension: string;
  /** Media type. */
  readonly type: string;
}

/** What image these bytes are, by their signature, whatever the name of the file says; undefined if none. */
export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  return kinds.find(({ begins }) => begins(bytes));
}

/** The kind of image with this file extension. */
export function imageNamed(extension: string): ImageKind | undefined {
  return kinds.find((kind) => kind.extension === extension);
}

function has(bytes: Uint8Array, at: number, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[at + index] === byte);
}
