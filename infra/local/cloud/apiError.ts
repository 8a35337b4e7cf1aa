/** An error response of AWS: `code` as AWS spells it, `status` the HTTP status. */
export interface ApiError extends Error {
  readonly code: string;
  readonly status: number;
}

export function apiError(code: string, message: string, status = 400): ApiError {
  return Object.assign(new Error(message), { code, status });
}

export function isApiError(thrown: unknown): thrown is ApiError {
  return thrown instanceof Error && "code" in thrown && "status" in thrown;
}
