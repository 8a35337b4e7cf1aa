import type { Account } from "@email-agent/shared/domain/account.ts";

/** The keys of an account in Redis, in the order the scripts expect. */
export function accountKeys({ name }: Pick<Account, "name">): string[] {
  // Braces are the hash tag a cluster places keys by; braces in a name would cut the tag short.
  const tag = `limit:{${encodeURIComponent(name)}}`;
  return [`${tag}:account`, `${tag}:buckets`, `${tag}:slots`, `${tag}:soft`, `${tag}:queue`];
}

/** The keys of receiving domain groups of an account, on the same node of a cluster. */
export function groupKeys({ name }: Pick<Account, "name">, groups: readonly string[]): string[] {
  return groups.map((group) => `limit:{${encodeURIComponent(name)}}:group:${encodeURIComponent(group)}`);
}

/**
 * The limits of an account as Lua: each script is atomic for all processes. Time is the Redis server's, in milliseconds
 * with fractions, so the clocks of processes need not agree.
 *
 * KEYS of every script (one hash tag, so that they stay on one node of a cluster):
 *   account  hash: next (the first free rate slot), promised (end of the rate slots that all reserved messages need) and
 *            promisedAt, the pause (pausedUntil, pausedFor: the notice that began it), rows of bad results, the rebuild,
 *            openedAt, slowedUntil: until then a receiving domain group may be slowed (groupScripts.ts), and slotsAllowed,
 *            slotsAllowedUntil: how many connections the server was seen to allow (connectionSlots.ts)
 *   buckets  hash, the sliding quota window: run (the server's run_id when it was filled), epoch (random, of that
 *            filling), <bucket start> → used
 *   slots    sorted set, the connection semaphore: holder → end of its lease
 *   soft     set: recipients refused temporarily in a row
 *   queue    hash: run that waits to reserve → <since when>:<when it comes back at the latest>
 */
export const prelude = `
local account, buckets, slots, soft, queue = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local function text(milliseconds) return string.format('%.3f', milliseconds) end
local function field(name) return tonumber(redis.call('HGET', account, name) or '0') or 0 end

-- A counter is trusted only by the server run that filled it: a restarted, emptied or replaced server may hold less
-- than was reserved. Read from the server in the same step, never from what a connection saw earlier.
local function run_id() return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') end
local function is_open(run) return run ~= nil and redis.call('HGET', buckets, 'run') == run end

-- Keeps the account closed, and lets the first process rebuild the counter once the block is over.
local function closed(run, block, lock, token)
  if redis.call('HGET', account, 'blockRun') ~= run then
    redis.call('HSET', account, 'blockRun', run, 'blockedUntil', text(now + block))
    redis.call('HDEL', account, 'rebuilder', 'rebuildUntil')
  end
  local left = field('blockedUntil') - now
  if left > 0 then return {'closed', text(left)} end
  if field('rebuildUntil') > now then return {'closed', text(math.min(field('rebuildUntil') - now, 250))} end
  redis.call('HSET', account, 'rebuilder', token, 'rebuildUntil', text(now + lock))
  return {'rebuild', text(now)}
end

local function pause_left() return field('pausedUntil') - now end
`;

/** Returns early from a script while the account is closed. ARGV 1 block, 2 lock (ms), 3 token of a possible rebuilder. */
export const openCheck = `
local run = run_id()
if not is_open(run) then return closed(run, tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]) end
`;

/** Usage in the quota window. ARGV 1 to 3 as the open check. → closed left | rebuild now | open now, then bucket start, used, … */
export const windowScript = `${prelude}${openCheck}
local result = {'open', text(now)}
local fields = redis.call('HGETALL', buckets)
for i = 1, #fields, 2 do
  if tonumber(fields[i]) then result[#result + 1] = fields[i]; result[#result + 1] = fields[i + 1] end
end
return result
`;

/**
 * Fills the counter. ARGV 1 token, 2 epoch, 3 values of slowed groups, then these: for each group in KEYS 6 and on its rate, its rate
 * before, how long ago it was slowed (ms) and for how long it may be (ms), then bucket start, used, … Only this server run's
 * rebuilder may. → opened | other
 */
export const openScript = `${prelude}
local run = run_id()
if is_open(run) or redis.call('HGET', account, 'blockRun') ~= run then return {'other'} end
if redis.call('HGET', account, 'rebuilder') ~= ARGV[1] then return {'other'} end
redis.call('DEL', buckets)
redis.call('HSET', buckets, 'run', run, 'epoch', ARGV[2])
local groups = tonumber(ARGV[3])
for i = 4 + groups, #ARGV, 2 do redis.call('HSET', buckets, ARGV[i], ARGV[i + 1]) end
for n = 6, #KEYS do
  local at = 4 + 4 * (n - 6)
  redis.call('HSET', KEYS[n], 'rate', ARGV[at], 'from', ARGV[at + 1], 'slowAt', text(now - tonumber(ARGV[at + 2])))
  redis.call('PEXPIRE', KEYS[n], math.ceil(tonumber(ARGV[at + 3])))
  if field('slowedUntil') < now + tonumber(ARGV[at + 3]) then
    redis.call('HSET', account, 'slowedUntil', text(now + tonumber(ARGV[at + 3])))
  end
end
redis.call('HSET', account, 'openedAt', text(now))
redis.call('HDEL', account, 'blockRun', 'blockedUntil', 'rebuilder', 'rebuildUntil')
return {'opened'}
`;

/** Closes an account whose counter was shown to be behind Quota. ARGV 1 epoch. */
export const distrustScript = `${prelude}
if redis.call('HGET', buckets, 'epoch') == ARGV[1] then redis.call('HDEL', buckets, 'run') end
return {'closed'}
`;
