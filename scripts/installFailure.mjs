// Plain JavaScript without packages: it also runs before they are installed, on whatever Node the machine has.

/**
 * What a failed `npm install` means and how to repair it, with npm's own words before it.
 * @param {string} words what npm wrote to stderr, or why it did not start
 */
export function installFailure(words) {
  const [, repair] = repairs.find(([pattern]) => pattern.test(words)) ?? [
    undefined,
    "npm install failed (its output is above): repair that and run the command again.",
  ];
  return `${words.trim()}\n${repair}`;
}

/** @type {readonly (readonly [RegExp, string])[]} */
const repairs = [
  [
    /npm ENOENT|npm: not found/,
    "npm is not on the path: install it with Node (macOS: brew install node; Debian, Ubuntu: apt-get install npm) and run the command again.",
  ],
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT)\b/,
    "The npm registry cannot be reached, and the packages are not installed yet: connect this machine to the network, or name a proxy (npm config set https-proxy) or a mirror (npm config set registry), and run the command again. Later starts need no network.",
  ],
  [/\b(ENOSPC|EDQUOT)\b/, "The disk is full: the packages need about 1 GB. Make room and run the command again."],
  [
    /\b(EACCES|EROFS|EPERM)\b/,
    "The packages cannot be written: make the checkout and npm's cache (npm config get cache) writable for this user and run the command again.",
  ],
];

/**
 * @param {string} version as `process.version`
 */
export function isNodeNewEnough(version) {
  return Number(/^v(\d+)/.exec(version)?.[1]) >= 24;
}

/**
 * @param {string} platform
 * @param {string} version as `process.version`
 */
export function noNode(platform, version) {
  return `email-agent needs Node 24 or newer: npm has none that runs on this machine (${platform}), and its own is ${version}. Install Node 24 and run the command again.`;
}
