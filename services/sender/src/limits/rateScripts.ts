import { groupPrelude } from "./groupScripts.ts";
import { openCheck, prelude } from "./limiterScripts.ts";

/**
 * Reserves from the rate limit and the sliding quota window. ARGV 4 wanted, 5 quota, 6 bucket ms, 7 window ms, 8 spacing
 * ms, 9 ahead ms: only rate slots due within it are promised, 10 run, 11 grace ms for a run that comes back late, 12
 * promise ms: what was reserved longer ago is void, 13 late ms, 14 how many receiving domain groups the people belong to, then
 * the configured rate of each ('0': none), then the number of each person's group. KEYS 6 and on: the groups.
 *
 * The first people are taken whose groups have room; the others wait, and count nowhere. Without groups while one is slowed
 * nothing is reserved: the caller must say them.
 *
 * Runs that wait for one account are served in the order in which they began to wait, so that none starves; one that
 * does not come back within its grace loses its position in the queue.
 * → closed left | rebuild now | paused left notice | rate left | used-up | groups | limited, then as behind reserved, without picks |
 * reserved count bucket epoch used, then without groups nothing, else for each: messages taken, first due in ms, spacing ms ('0': no
 * limit), wait of the next ms ('-1': given up), and at the end a 1 for each person who is taken and a 0 for each other
 */
export const reserveScript = `${prelude}${openCheck}${groupPrelude}
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
local groups = tonumber(ARGV[14])
if groups == 0 and field('slowedUntil') > now then return {'groups'} end

local next = math.max(field('next'), now)
local promised = math.max(field('promised'), next)
local void_in = field('promisedAt') + tonumber(ARGV[12]) - now
if void_in <= 0 then promised = next end
-- Rate slots that were promised and are not taken yet may become void.
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
-- Tries again soon: the run before this one may come at any moment, and its grace is short.
if left <= 0 and first > 0 and first < since then left = math.min(grace, 100) end
if left > 0 then
  redis.call('HSET', queue, run_key, text(since) .. ':' .. text(now + left + grace))
  return {'rate', text(left)}
end
redis.call('HDEL', queue, run_key)
local count = math.min(free, 1 + math.floor((now + ahead - promised) / spacing))
local room, picks = {}, {}
if groups > 0 then
  local late, most = tonumber(ARGV[13]), count
  for n = 1, groups do
    local key = KEYS[5 + n]
    local rate = group_rate(key, tonumber(ARGV[14 + n]))
    local one = {key = key, taken = 0, due = 0, gap = 0, wait = 0, left = most}
    if given_up(key) then one.left, one.wait = 0, -1
    elseif rate > 0 then
      one.gap = group_spacing(rate, late)
      local free_at = math.max(group_next(key, one.gap), now)
      local until_then = math.max(in_group(key, 'promised'), free_at)
      local void = in_group(key, 'promisedAt') + tonumber(ARGV[12]) - now
      if void <= 0 then until_then = free_at end
      one.due = until_then - now
      one.left = math.max(0, 1 + math.floor((ahead - one.due) / one.gap))
      one.wait = math.max(0, math.min(one.due - ahead, math.max(free_at - now - ahead, void)))
    end
    room[n] = one
  end
  count = 0
  for person = 1, wanted do
    local one = room[tonumber(ARGV[14 + groups + person])]
    if count < most and one.taken < one.left then
      one.taken, count = one.taken + 1, count + 1
      picks[person] = '1'
    else picks[person] = '0' end
  end
end
local said = {}
for n = 1, groups do
  local one = room[n]
  if one.gap > 0 and one.taken > 0 then
    local promised_end = now + one.due + one.taken * one.gap
    redis.call('HSET', one.key, 'promised', text(promised_end), 'promisedAt', text(now))
    keep_group(one.key, one.gap)
    if one.taken >= one.left then one.wait = math.max(0, promised_end - now - ahead) end
  end
  said[#said + 1] = one.taken
  said[#said + 1] = text(one.due)
  said[#said + 1] = text(one.gap)
  said[#said + 1] = text(one.wait)
end
if count == 0 then return {'limited', 0, '', '', used, unpack(said)} end
if groups > 0 then said[#said + 1] = table.concat(picks) end
local bucket = string.format('%.0f', math.floor(now / bucketLength) * bucketLength)
redis.call('HINCRBY', buckets, bucket, count)
redis.call('HSET', account, 'promised', text(promised + count * spacing), 'promisedAt', text(now))
return {'reserved', count, bucket, redis.call('HGET', buckets, 'epoch'), used + count, unpack(said)}
`;

/**
 * Returns quota. ARGV 1 epoch, 2 bucket, 3 count. Only in the filling it was taken from: a rebuilt counter never held more
 * than Quota. → returned | other
 */
export const returnQuotaScript = `${prelude}
if redis.call('HGET', buckets, 'epoch') ~= ARGV[1] then return {'other'} end
if tonumber(redis.call('HGET', buckets, ARGV[2]) or '0') < tonumber(ARGV[3]) then return {'other'} end
redis.call('HINCRBY', buckets, ARGV[2], -tonumber(ARGV[3]))
return {'returned'}
`;

/** Takes back the rate slots promised to messages that will not use them. ARGV 1 their length ms. */
export const unpromiseScript = `${prelude}
redis.call('HSET', account, 'promised', text(math.max(0, field('promised') - tonumber(ARGV[1]))))
return {'lowered'}
`;

/**
 * Takes the next free rate slots. ARGV 4 spacing ms, 5 count, 6 slack ms: by how much longer than usual a message may be
 * late for these slots; the next free slot moves back as much.
 * → closed left | rebuild now | paused left notice | slots delay end
 */
export const takeRateSlotsScript = `${prelude}${openCheck}
if pause_left() > 0 then return {'paused', text(pause_left()), redis.call('HGET', account, 'pausedFor') or ''} end
local next = math.max(field('next'), now)
local after = text(next + tonumber(ARGV[5]) * tonumber(ARGV[4]) + tonumber(ARGV[6]))
redis.call('HSET', account, 'next', after)
return {'slots', text(next - now), after}
`;

/** Returns an unused rate slot, unless a later one was taken since. ARGV 1 its end, 2 its length ms. → returned | other */
export const returnRateSlotScript = `${prelude}
if redis.call('HGET', account, 'next') ~= ARGV[1] then return {'other'} end
redis.call('HSET', account, 'next', text(tonumber(ARGV[1]) - tonumber(ARGV[2])))
return {'returned'}
`;
