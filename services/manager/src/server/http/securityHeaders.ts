/** The kind of response a path gives, by the browser rules it needs. */
export type PageKind =
  /** A page of ours, with scripts. */
  | "page"
  /** JSON, files, redirects: nothing in them is ever shown as a page with rights. */
  | "api"
  /** Scripts, styles, icons. */
  | "asset"
  /** Content that is not ours (mails) or is public; the route sets the policy itself. */
  | "own-policy";

/** The public pages, public images, and the HTML of a preview, by path. */
const ownPolicy = /^\/(?:u|view|media)\/[^/]+$|^\/api\/(?:work-orders\/[^/]+|templates)\/preview\/html$/;
const asset =
  /^\/(?:_next|__nextjs[^/]*)(?:\/|$)|^\/(?:favicon\.ico|icon[^/]*|apple-icon[^/]*|robots\.txt|manifest\.webmanifest)$/;

export function pageKind(path: string): PageKind {
  if (ownPolicy.test(path)) return "own-policy";
  if (asset.test(path)) return "asset";
  return /^\/(?:api\/|healthz$)/.test(path) ? "api" : "page";
}

/** What the policy is made from. */
export interface PolicyConfig {
  readonly MANAGER_URL: string;
  readonly WEBSOCKET_API_URL: string;
}

/** A page may run the scripts that carry its nonce and talk to us and to the WebSocket API; no more. */
export function contentSecurityPolicy(config: PolicyConfig, nonce: string, development = false): string {
  // React's refresh while developing needs eval and styles without a nonce; a nonce would switch 'unsafe-inline' off.
  const scripts = development ? " 'unsafe-eval'" : "";
  const styles = development ? "'unsafe-inline'" : `'nonce-${nonce}'`;
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${scripts}`,
    `style-src 'self' ${styles}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ${new URL(config.WEBSOCKET_API_URL).origin}`,
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}

const unusedFeatures =
  "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment publickey-credentials-get screen-wake-lock serial usb xr-spatial-tracking";
const permissions = unusedFeatures
  .split(" ")
  .map((feature) => `${feature}=()`)
  .join(", ");

/**
 * The security headers of a response, besides those its route sets. A browser enforces two policies together, so where a
 * route has its own none is added; neither is Cross-Origin-Opener-Policy, which makes a sandboxed response a network error
 * (HTML standard, "create navigation params by fetching"), nor Referrer-Policy, of which the last would win.
 */
export function securityHeaders(config: PolicyConfig, kind: PageKind, pagePolicy: string): Record<string, string> {
  const https = new URL(config.MANAGER_URL).protocol === "https:";
  return {
    "x-content-type-options": "nosniff",
    "permissions-policy": permissions,
    ...(https && { "strict-transport-security": "max-age=31536000" }),
    ...(kind !== "own-policy" && {
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    }),
    ...(kind === "page" && { "content-security-policy": pagePolicy }),
    ...(kind === "api" && { "content-security-policy": "default-src 'none'; frame-ancestors 'none'" }),
  };
}
