/**
 * The limits of an account as Lua: each script is one step nobody can come between, for all processes at once. Time is
 * the Redis server's, in milliseconds with fractions, so clocks of processes need not agree.
 *
 * KEYS of every script (one hash tag, so that they live together in a cluster):
 *   account  hash: next (the first turn nobody has taken), promised (when all reserved messages will have had theirs)
 *            and promisedAt, pauses (pausedUntil, pausedFor the news that began it) and rows of bad answers, rebuilding
 *   buckets  hash: run (the server's run_id when it was filled), epoch (random, of that filling), <bucket start> → used
 *   slots    sorted set: holder → end of its lease
 *   soft     set: recipients refused for a while in a row
 *   queue    hash: run that waits for its turn → <since when>:<when it comes back at the latest>
 */
const prelude = `
local account, buckets, slots, soft, queue = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local function text(milliseconds) return string.format('%.3f', milliseconds) end
local function field(name) return tonumber(redis.call('HGET', account, name) or '0') or 0 end

-- A counter is trusted only by the server run that filled it: a restarted, emptied or replaced server may hold less
-- than was reserved. Read from the server in the same step, never from what a connection was told earlier.
local function run_id() return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') end
local function is_open(run) return run ~= nil and redis.call('HGET', buckets, 'run') == run end

-- Keeps the account closed, and answers who may rebuild: whoever comes first once the block is over.
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

/** What an account's open check needs: block, lock (ms) and the token of a possible rebuilder, as ARGV 1 to 3. */
const openCheck = `
local run = run_id()
if not is_open(run) then return closed(run, tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]) end
`;

/**
 * ARGV 4 wanted, 5 quota, 6 bucket ms, 7 window ms, 8 spacing ms, 9 ahead ms: places are reserved for turns that come
 * within it, 10 run, 11 grace ms for a run that comes back late, 12 promise ms: what was reserved longer ago is void.
 *
 * Runs that wait for one account are served in the order in which they began to wait, so that none starves; one that
 * does not come back within its grace loses its place in the queue.
 * → closed left | rebuild now | paused left news | rate left | used-up | reserved count bucket epoch used
 */
export const reserveScript = `${prelude}${openCheck}
if pause_left() > 0 then return {'paused', text(pause_left()), redis.call('HGET', account, 'pausedFor') or ''} end
local wanted, quota, bucketLength, window = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local spacing, ahead, run_key, grace = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], tonumber(ARGV[11])
local oldest = math.floor((now - window) / bucketLength) * bucketLength
local used = 0
local fields = redis.call('HGETALL', buckets)
for i = 1, #fields, 2 do
  local start = tonumber(fields[i])
  if start then
    if start >= oldest then used = used + tonumber(fields[i + 1]) else redis.call('HDEL', buckets, fields[i]) end
  end
end
local free = math.min(wanted, quota - used)
if free < 1 then return {'used-up'} end

local next = math.max(field('next'), now)
local promised = math.max(field('promised'), next)
local void_in = field('promisedAt') + tonumber(ARGV[12]) - now
if void_in <= 0 then promised = next end
-- Turns that were promised and are not taken may turn out to be void.
local left = math.min(promised - now - ahead, math.max(next - now - ahead, void_in))
local since, first = now, 0
local waiting = redis.call('HGETALL', queue)
for i = 1, #waiting, 2 do
  local began, back = string.match(waiting[i + 1], '^(.+):(.+)$')
  began, back = tonumber(began), tonumber(back)
  if waiting[i] == run_key then since = began
  elseif back < now then redis.call('HDEL', queue, waiting[i])
  elseif first == 0 or began < first then first = began end
end
-- Looks again soon: the run before this one may come at any moment, and its grace is short.
if left <= 0 and first > 0 and first < since then left = math.min(grace, 100) end
if left > 0 then
  redis.call('HSET', queue, run_key, text(since) .. ':' .. text(now + left + grace))
  return {'rate', text(left)}
end
redis.call('HDEL', queue, run_key)
local count = math.min(free, 1 + math.floor((now + ahead - promised) / spacing))
local bucket = string.format('%.0f', math.floor(now / bucketLength) * bucketLength)
redis.call('HINCRBY', buckets, bucket, count)
redis.call('HSET', account, 'promised', text(promised + count * spacing), 'promisedAt', text(now))
return {'reserved', count, bucket, redis.call('HGET', buckets, 'epoch'), used + count}
`;

/** Takes back what was promised to messages that will take no turn. ARGV 1 milliseconds. */
export const unpromiseScript = `${prelude}
redis.call('HSET', account, 'promised', text(math.max(0, field('promised') - tonumber(ARGV[1]))))
return {'lowered'}
`;

/**
 * ARGV 4 spacing ms, 5 count, 6 slack ms: by how much longer than usual a message may be late after these turns; what
 * comes behind them keeps away as much. → closed left | rebuild now | paused left news | turns delay end
 */
export const turnsScript = `${prelude}${openCheck}
if pause_left() > 0 then return {'paused', text(pause_left()), redis.call('HGET', account, 'pausedFor') or ''} end
local next = math.max(field('next'), now)
local after = text(next + tonumber(ARGV[5]) * tonumber(ARGV[4]) + tonumber(ARGV[6]))
redis.call('HSET', account, 'next', after)
return {'turns', text(next - now), after}
`;

/** Gives a turn back that nobody used, if none behind it was taken since. ARGV 1 end, 2 its length ms. */
export const giveBackTurnScript = `${prelude}
if redis.call('HGET', account, 'next') ~= ARGV[1] then return {'other'} end
redis.call('HSET', account, 'next', text(tonumber(ARGV[1]) - tonumber(ARGV[2])))
return {'given'}
`;

/** ARGV 1 epoch, 2 bucket, 3 count. Only in the filling it was taken from: a rebuilt counter never held more than Quota. */
export const giveBackScript = `${prelude}
if redis.call('HGET', buckets, 'epoch') ~= ARGV[1] then return {'other'} end
if tonumber(redis.call('HGET', buckets, ARGV[2]) or '0') < tonumber(ARGV[3]) then return {'other'} end
redis.call('HINCRBY', buckets, ARGV[2], -tonumber(ARGV[3]))
return {'given'}
`;

/** ARGV 1 to 3 as the open check. → closed left | rebuild now | open now, then bucket start, used, … */
export const windowScript = `${prelude}${openCheck}
local answer = {'open', text(now)}
local fields = redis.call('HGETALL', buckets)
for i = 1, #fields, 2 do
  if tonumber(fields[i]) then answer[#answer + 1] = fields[i]; answer[#answer + 1] = fields[i + 1] end
end
return answer
`;

/** ARGV 1 token, 2 epoch, then bucket start, used, … Only the rebuilder of this server run may. → opened | other */
export const openScript = `${prelude}
local run = run_id()
if is_open(run) or redis.call('HGET', account, 'blockRun') ~= run then return {'other'} end
if redis.call('HGET', account, 'rebuilder') ~= ARGV[1] then return {'other'} end
redis.call('DEL', buckets)
redis.call('HSET', buckets, 'run', run, 'epoch', ARGV[2])
for i = 3, #ARGV, 2 do redis.call('HSET', buckets, ARGV[i], ARGV[i + 1]) end
redis.call('HDEL', account, 'blockRun', 'blockedUntil', 'rebuilder', 'rebuildUntil')
return {'opened'}
`;

/** Closes an account whose counter was shown to be behind Quota. ARGV 1 epoch. */
export const distrustScript = `${prelude}
if redis.call('HGET', buckets, 'epoch') == ARGV[1] then redis.call('HDEL', buckets, 'run') end
return {'closed'}
`;

/**
 * ARGV 4 holder, 5 maximum, 6 lease ms, 7 ms for which the wish for a slot is known to those who hold them.
 * → closed left | rebuild now | taken | full
 */
export const takeSlotScript = `${prelude}${openCheck}
redis.call('ZREMRANGEBYSCORE', slots, '-inf', text(now))
if redis.call('ZCARD', slots) >= tonumber(ARGV[5]) then
  redis.call('HSET', account, 'slotWantedUntil', text(now + tonumber(ARGV[7])))
  return {'full'}
end
redis.call('HDEL', account, 'slotWantedUntil')
redis.call('ZADD', slots, text(now + tonumber(ARGV[6])), ARGV[4])
return {'taken'}
`;

/** ARGV 1 holder, 2 maximum, 3 lease ms. A slot that Redis forgot is taken again while there is room. → held | lost */
export const renewSlotScript = `${prelude}
redis.call('ZREMRANGEBYSCORE', slots, '-inf', text(now))
if not redis.call('ZSCORE', slots, ARGV[1]) and redis.call('ZCARD', slots) >= tonumber(ARGV[2]) then return {'lost'} end
redis.call('ZADD', slots, text(now + tonumber(ARGV[3])), ARGV[1])
return {'held'}
`;

/** → yes | no: another process waits for a slot. */
export const slotWantedScript = `${prelude}
return {field('slotWantedUntil') > now and 'yes' or 'no'}
`;

/** ARGV 1 holder. */
export const freeSlotScript = `${prelude}
redis.call('ZREM', slots, ARGV[1])
return {'freed'}
`;

/**
 * ARGV 1 news, 2 recipient, 3 unreachable pause, 4 throttled pause, 5 longest pause, 6 pauses survived, 7 daily-limit
 * pause (ms), 8 unreachable row, 9 soft row, 10 sender row, 11 in-doubt row, 12 mark of a refusal's text ('' if it is known to be
 * about the person), 13 domain, 14 domains, 15 for how long such a text is remembered (ms).
 * → left of the pause ('' if none), run error, whether the pause began now, whether the refusal is about the account, what
 * news the pause is for.
 *
 * News that come while the account is paused belong to what paused it (messages begun before), so they raise no pause;
 * and n starts again with an accepted message only.
 */
export const newsScript = `${prelude}
local news = ARGV[1]
local limit = {unreachable = tonumber(ARGV[8]), soft = tonumber(ARGV[9]), sender = tonumber(ARGV[10]), doubt = tonumber(ARGV[11])}
local was_paused = pause_left() > 0
local run_error, began, about_account = '', '', ''

local function row()
  if redis.call('HGET', account, 'rowOf') ~= news then
    redis.call('HSET', account, 'rowOf', news, 'row', 0)
    redis.call('DEL', soft)
  end
  return redis.call('HINCRBY', account, 'row', 1)
end
local function pause(counter, first, error)
  if was_paused then return end
  if field('pausedMilliseconds') >= tonumber(ARGV[6]) then run_error = error or 'throttled' end
  local n = redis.call('HINCRBY', account, counter, 1)
  local length = math.min(first * 2 ^ (n - 1), tonumber(ARGV[5]))
  redis.call('HSET', account, 'pausedUntil', text(now + length), 'pausedFor', news)
  began = 'yes'
  redis.call('HSET', account, 'pausedMilliseconds', text(field('pausedMilliseconds') + length))
end
-- To how many domains one refusal was given since the last accepted message; a refusal of another text begins anew.
local function same_refusals(mark, domain)
  local is_old = now - field('sameAt') > tonumber(ARGV[15])
  if is_old or redis.call('HGET', account, 'sameText') ~= mark then
    redis.call('HSET', account, 'sameText', mark, 'sameDomains', '', 'sameCount', 0)
  end
  redis.call('HSET', account, 'sameAt', text(now))
  local domains = redis.call('HGET', account, 'sameDomains')
  if field('sameCount') < tonumber(ARGV[14]) and not string.find(domains, ' ' .. domain .. ' ', 1, true) then
    redis.call('HSET', account, 'sameDomains', domains .. ' ' .. domain .. ' ')
    redis.call('HINCRBY', account, 'sameCount', 1)
  end
  return field('sameCount')
end

if news == 'ok' then
  redis.call('HDEL', account, 'rowOf', 'row', 'unreachablePauses', 'throttledPauses', 'pausedMilliseconds', 'sameText', 'sameDomains', 'sameCount', 'sameAt')
  redis.call('DEL', soft)
elseif news == 'refused' then
  row()
  if ARGV[12] ~= '' and same_refusals(ARGV[12], ARGV[13]) >= tonumber(ARGV[14]) then
    about_account = 'yes'
    pause('throttledPauses', tonumber(ARGV[4]), 'same-refusal')
  end
elseif news == 'unreachable' then
  if not was_paused then
    if row() >= limit.unreachable then run_error = 'unreachable' end
    pause('unreachablePauses', tonumber(ARGV[3]))
  end
elseif news == 'throttled' then
  row()
  pause('throttledPauses', tonumber(ARGV[4]))
elseif news == 'soft-refusal' then
  row()
  redis.call('SADD', soft, ARGV[2])
  if redis.call('SCARD', soft) >= limit.soft then
    redis.call('DEL', soft)
    pause('throttledPauses', tonumber(ARGV[4]))
  end
elseif news == 'sender-refused' then
  if row() >= limit.sender then run_error = 'sender-refused' end
elseif news == 'in-doubt' then
  if row() >= limit.doubt then
    redis.call('HSET', account, 'row', 0)
    pause('throttledPauses', tonumber(ARGV[4]))
  end
elseif news == 'daily-limit' then
  row()
  local till = now + tonumber(ARGV[7])
  if field('pausedUntil') < till then
    if not was_paused then began = 'yes' end
    redis.call('HSET', account, 'pausedUntil', text(till), 'pausedFor', news)
  end
end
local left = pause_left()
return {left > 0 and text(left) or '', run_error, began, about_account, redis.call('HGET', account, 'pausedFor') or ''}
`;

/** → left of the account's pause, '' if none. */
export const pausedScript = `${prelude}
return {pause_left() > 0 and text(pause_left()) or ''}
`;
