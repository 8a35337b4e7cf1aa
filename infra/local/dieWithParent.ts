/**
 * Arguments for `sh` in front of a command: `sh` becomes the command by exec, so the process id is the command's own, and
 * leaves behind a watcher that waits on the pipe from this process (stdin). When this process ends, even by kill -9, the
 * pipe closes and the watcher kills the command.
 */
export const dieWithParent: readonly string[] = [
  "-c",
  'exec 3<&0; (read -r _ <&3; kill -9 $$) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-',
  "sh",
];
