/** No order is larger: a table takes 400 KB. */
export const jsonLimitBytes = 1024 * 1024;

/** A template with its images. */
export const uploadLimitBytes = 10 * 1024 * 1024;

const uploadPath = /^\/api\/templates\/upload$/;

/** How large the body of a request for this path may be. */
export function bodyLimitBytes(path: string): number {
  return uploadPath.test(path) ? uploadLimitBytes : jsonLimitBytes;
}
