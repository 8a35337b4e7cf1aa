import { importLimitBytes, importPartBytes } from "../../api/imports.ts";
import { call, putBytes, RequestFailed } from "../http.ts";

const partsAtOnce = 3;
const tries = 3;

/**
 * Uploads a file in parts and returns the id of its import. `report` hears the share that has arrived, 0 to 1. A part that
 * did not arrive is sent again. Throws RequestFailed.
 */
export async function uploadFile(file: File, report: (share: number) => void, signal: AbortSignal): Promise<string> {
  if (file.size === 0 || file.size > importLimitBytes) throw unfit(file);
  const { id, parts } = await call<{ id: string; parts: number }>("POST", "/api/people/imports", {
    fileName: file.name,
    bytes: file.size,
  });
  const open = Array.from({ length: parts }, (_, n) => n);
  let arrived = 0;
  const lane = async () => {
    for (let n = open.shift(); n !== undefined; n = open.shift()) {
      const bytes = file.slice(n * importPartBytes, (n + 1) * importPartBytes);
      await putPart(`/api/people/imports/${id}/parts/${n}`, bytes, signal);
      arrived += 1;
      report(arrived / parts);
    }
  };
  await Promise.all(Array.from({ length: partsAtOnce }, lane));
  return id;
}

async function putPart(path: string, bytes: Blob, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await putBytes(path, bytes, signal);
      return;
    } catch (error) {
      const mayPass = error instanceof RequestFailed && (error.status === 0 || error.status >= 500);
      if (!mayPass || attempt === tries) throw error;
    }
  }
}

function unfit({ size }: File): RequestFailed {
  const message =
    size === 0
      ? "The file is empty. Choose another one."
      : "The file is larger than 100 MB. Divide it into several files, each with the headings.";
  return new RequestFailed(413, { code: "too-large", message });
}
