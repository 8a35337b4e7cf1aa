/** True if the body of a request has at most so many bytes. It is read and discarded; a longer one only up to the limit. */
export async function isSmall(request: Request, limitBytes: number): Promise<boolean> {
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) return false;
  const reader = request.body?.getReader();
  let bytes = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes <= limitBytes) continue;
    await reader?.cancel();
    return false;
  }
  return true;
}
