import { prelude } from "./limiterScripts.ts";

/**
 * The circuit breaker of an account: counts a notice, and pauses the account if its row of bad results is long enough.
 * ARGV 1 notice (AccountNotice), 2 recipient, 3 unreachable pause, 4 throttled pause, 5 longest pause, 6 pauses survived, 7 daily-limit
 * pause (ms), 8 unreachable row, 9 soft row, 10 sender row, 11 in-doubt row, 12 mark of a refusal's text ('' if it is known to be
 * about the person), 13 domain, 14 domains, 15 for how long such a text is remembered (ms).
 * → left of the pause ('' if none), run error, whether the pause began now, whether the refusal is about the account, the
 * notice that the pause is for.
 *
 * Pauses double (exponential backoff) until a message is accepted. A notice that arrives during a pause belongs to its
 * cause (the message began before), so it does not lengthen the pause.
 */
export const recordNoticeScript = `${prelude}
local notice = ARGV[1]
local limit = {unreachable = tonumber(ARGV[8]), soft = tonumber(ARGV[9]), sender = tonumber(ARGV[10]), doubt = tonumber(ARGV[11])}
local was_paused = pause_left() > 0
local run_error, began, about_account = '', '', ''

local function row()
  if redis.call('HGET', account, 'rowOf') ~= notice then
    redis.call('HSET', account, 'rowOf', notice, 'row', 0)
    redis.call('DEL', soft)
  end
  return redis.call('HINCRBY', account, 'row', 1)
end
local function pause(counter, first, error)
  if was_paused then return end
  if field('pausedMilliseconds') >= tonumber(ARGV[6]) then run_error = error or 'throttled' end
  local n = redis.call('HINCRBY', account, counter, 1)
  local length = math.min(first * 2 ^ (n - 1), tonumber(ARGV[5]))
  redis.call('HSET', account, 'pausedUntil', text(now + length), 'pausedFor', notice)
  began = 'yes'
  redis.call('HSET', account, 'pausedMilliseconds', text(field('pausedMilliseconds') + length))
end
-- To how many domains one refusal was given since the last accepted message; a refusal with another text starts again.
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

if notice == 'ok' then
  redis.call('HDEL', account, 'rowOf', 'row', 'unreachablePauses', 'throttledPauses', 'pausedMilliseconds', 'sameText', 'sameDomains', 'sameCount', 'sameAt')
  redis.call('DEL', soft)
elseif notice == 'refused' then
  row()
  if ARGV[12] ~= '' and same_refusals(ARGV[12], ARGV[13]) >= tonumber(ARGV[14]) then
    about_account = 'yes'
    pause('throttledPauses', tonumber(ARGV[4]), 'same-refusal')
  end
elseif notice == 'unreachable' then
  if not was_paused then
    if row() >= limit.unreachable then run_error = 'unreachable' end
    pause('unreachablePauses', tonumber(ARGV[3]))
  end
elseif notice == 'throttled' then
  row()
  pause('throttledPauses', tonumber(ARGV[4]))
elseif notice == 'soft-refusal' then
  row()
  redis.call('SADD', soft, ARGV[2])
  if redis.call('SCARD', soft) >= limit.soft then
    redis.call('DEL', soft)
    pause('throttledPauses', tonumber(ARGV[4]))
  end
elseif notice == 'sender-refused' then
  if row() >= limit.sender then run_error = 'sender-refused' end
elseif notice == 'in-doubt' then
  if row() >= limit.doubt then
    redis.call('HSET', account, 'row', 0)
    pause('throttledPauses', tonumber(ARGV[4]))
  end
elseif notice == 'daily-limit' then
  row()
  local till = now + tonumber(ARGV[7])
  if field('pausedUntil') < till then
    if not was_paused then began = 'yes' end
    redis.call('HSET', account, 'pausedUntil', text(till), 'pausedFor', notice)
  end
end
local left = pause_left()
return {left > 0 and text(left) or '', run_error, began, about_account, redis.call('HGET', account, 'pausedFor') or ''}
`;

/** → left of the account's pause ('' if none), the notice that it is for. */
export const pausedScript = `${prelude}
return {pause_left() > 0 and text(pause_left()) or '', redis.call('HGET', account, 'pausedFor') or ''}
`;
