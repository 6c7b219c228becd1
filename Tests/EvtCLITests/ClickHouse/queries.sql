-- The questions of the documents that this product answers to, with their names adapted and their
-- typography mended, then more of the language. Each is answered by evt and by ClickHouse alike;
-- answers.ndjson holds what ClickHouse said (make-answers.py).

-- name: 000 top events of the last day
SELECT event, count() AS total, uniqExact(user_id) AS users
FROM analytics.events
WHERE timestamp >= now() - INTERVAL 24 HOUR
GROUP BY event
ORDER BY total DESC, event
LIMIT 20;

-- name: 000 conversion funnel within 30 minutes
SELECT
countIf(level >= 1) AS step1_page_view,
countIf(level >= 2) AS step2_add_to_cart,
countIf(level >= 3) AS step3_purchase
FROM (
SELECT
user_id,
windowFunnel(1800)(toDateTime(timestamp), event='page_view', event='add_to_cart', event='purchase') AS level
FROM analytics.events
WHERE timestamp >= now() - INTERVAL 7 DAY
GROUP BY user_id
);

-- name: 000 hourly trend of one event
SELECT
toStartOfHour(timestamp) AS hour,
count() AS total,
uniqExact(user_id) AS users
FROM analytics.events
WHERE event = 'purchase'
AND timestamp >= now() - INTERVAL 7 DAY
GROUP BY hour
ORDER BY hour;

-- name: 000 JSON property
SELECT
JSONExtractString(properties, 'category') AS category,
count() AS total,
uniqExact(user_id) AS users
FROM analytics.events
WHERE event = 'product_click'
AND timestamp >= now() - INTERVAL 30 DAY
GROUP BY category
ORDER BY total DESC, category;

-- name: 000 hourly view
SELECT
event,
page,
device,
country,
toStartOfHour(timestamp) AS hour,
count() AS event_count,
uniqExact(user_id) AS unique_users,
uniqExact(session_id) AS unique_sessions
FROM analytics.events
GROUP BY event, page, device, country, hour
ORDER BY hour, event, page, device, country;

-- name: 000 panel event volume
SELECT
toStartOfFifteenMinutes(timestamp) AS time,
count() AS total,
uniqExact(user_id) AS unique_users
FROM analytics.events
WHERE timestamp >= '2026-11-20 00:00:00' AND timestamp <= '2026-11-21 00:00:00'
AND event = 'page_view'
GROUP BY time
ORDER BY time;

-- name: 000 panel top events
SELECT
event,
count() AS total,
uniqExact(user_id) AS unique_users,
uniqExact(session_id) AS sessions
FROM analytics.events
WHERE timestamp BETWEEN '2026-11-14 00:00:00' AND '2026-11-21 00:00:00'
GROUP BY event
ORDER BY total DESC, event
LIMIT 20;

-- name: 000 panel funnel of four steps
SELECT
countIf(level >= 1) AS "1. Page View",
countIf(level >= 2) AS "2. Add to Cart",
countIf(level >= 3) AS "3. Checkout",
countIf(level >= 4) AS "4. Purchase"
FROM (
SELECT
user_id,
windowFunnel(1800)(
toDateTime(timestamp),
event = 'page_view',
event = 'add_to_cart',
event = 'checkout_start',
event = 'purchase'
) AS level
FROM analytics.events
WHERE timestamp >= '2026-11-01 00:00:00'
GROUP BY user_id
);

-- name: 000 panel devices
SELECT device, count() AS total
FROM analytics.events
WHERE timestamp >= '2026-11-01 00:00:00' AND event = 'purchase'
GROUP BY device
ORDER BY device;

-- name: 000 panel countries
SELECT country, count() AS total
FROM analytics.events
WHERE timestamp >= '2026-11-01 00:00:00' AND event = 'purchase'
GROUP BY country
ORDER BY country;

-- name: 000 panel error rate
SELECT
toStartOfHour(timestamp) AS time,
countIf(event = 'error') AS errors,
count() AS total,
countIf(event = 'error') / count() * 100 AS error_rate
FROM analytics.events
WHERE timestamp >= '2026-11-20 00:00:00'
GROUP BY time
ORDER BY time;

-- name: 000 variable events
SELECT DISTINCT event FROM analytics.events WHERE timestamp >= now() - INTERVAL 7 DAY ORDER BY event;

-- name: 000 variable pages
SELECT DISTINCT page FROM analytics.events WHERE timestamp >= now() - INTERVAL 7 DAY ORDER BY page;

-- name: 000 alert purchases
SELECT count() AS value
FROM analytics.events
WHERE event = 'purchase'
AND timestamp >= now() - INTERVAL 1 HOUR;

-- name: 000 alert errors
SELECT count() AS value
FROM analytics.events
WHERE event = 'error'
AND timestamp >= now() - INTERVAL 5 MINUTE;

-- name: 000 alert conversion
SELECT
countIf(event = 'purchase') / nullIf(countIf(event = 'add_to_cart'), 0) * 100 AS value
FROM analytics.events
WHERE timestamp >= now() - INTERVAL 1 HOUR;

-- name: 001 hourly stats
SELECT
    toStartOfHour(timestamp) AS hour,
    event,
    count() AS event_count,
    uniq(user_id) AS unique_users
FROM events
GROUP BY hour, event
ORDER BY hour, event;

-- name: 001 variable events
SELECT DISTINCT event FROM events ORDER BY event;

-- name: 001 daily active users
SELECT toDate(timestamp) AS time, uniqExact(user_id) AS dau FROM events WHERE timestamp >= '2026-10-01' GROUP BY time ORDER BY time;

-- name: 001 features of the week
SELECT event AS feature, uniq(user_id) AS users, count() AS events FROM events WHERE timestamp >= toStartOfWeek(now()) GROUP BY event ORDER BY users DESC, feature LIMIT 15;

-- name: 001 users of the last day
SELECT uniqExact(user_id) AS value FROM events WHERE timestamp >= now() - INTERVAL 1 DAY;

-- name: 001 events of today
SELECT count() AS value FROM events WHERE timestamp >= today();

-- name: 002 verify after deployment
SELECT
        event,
        count() AS total,
        uniqExact(session_id) AS sessions,
        min(timestamp) AS first_seen,
        max(timestamp) AS last_seen
      FROM events
      WHERE timestamp >= now() - INTERVAL 1 HOUR
      GROUP BY event
      ORDER BY total DESC, event;

-- name: 002 trend by day
SELECT
      toStartOfDay(timestamp) AS time,
      count() AS total,
      uniqExact(user_id) AS unique_users,
      uniqExact(session_id) AS unique_sessions
    FROM events
    WHERE 1 = 1 AND event = 'purchase' AND page = '/cart' AND timestamp >= '2026-10-01' AND timestamp <= '2026-11-20'
    GROUP BY time
    ORDER BY time;

-- name: 002 funnel
SELECT
      countIf(level >= 1) AS step_1_page_view,
      countIf(level >= 2) AS step_2_add_to_cart,
      countIf(level >= 3) AS step_3_purchase
    FROM (
      SELECT
        user_id,
        windowFunnel(1800)(
          toDateTime(timestamp),
          event = 'page_view', event = 'add_to_cart', event = 'purchase'
        ) AS level
      FROM events
      WHERE timestamp BETWEEN '2026-11-01' AND '2026-12-01'
        AND event IN ('page_view', 'add_to_cart', 'purchase')
      GROUP BY user_id
    );

-- name: 002 alert count
SELECT count() AS c FROM events WHERE event = 'purchase' AND timestamp >= now() - INTERVAL 60 MINUTE;

-- name: 003 sessions by day
SELECT
user_id,
toStartOfDay(timestamp) AS session_day,
countIf(event = 'session_start') AS starts,
countIf(event = 'session_end') AS ends
FROM events
WHERE timestamp >= today() - INTERVAL 3 DAY
GROUP BY user_id, session_day
ORDER BY user_id, session_day;

-- name: 003 sessions
SELECT
min(timestamp) AS session_start,
max(timestamp) AS session_end,
user_id,
session_id,
toDate(min(timestamp)) AS event_date,
count() AS events
FROM analytics.events
GROUP BY user_id, session_id
ORDER BY user_id, session_id;

-- name: 003 tokens per minute by tier
SELECT
customer_tier,
toStartOfMinute(timestamp) AS ts,
sumIf(value, name = 'agent.output_tokens') AS tokens
FROM events
WHERE timestamp >= now() - INTERVAL 6 HOUR
GROUP BY customer_tier, ts
ORDER BY ts, customer_tier;

-- name: 003 success rate
SELECT
attributes.route AS route,
toStartOfHour(timestamp) AS ts,
if(countIf(name = 'agent.success') = 0, 0, sumIf(value, name = 'agent.success') / countIf(name = 'agent.success')) AS success_rate
FROM events
WHERE timestamp >= now() - INTERVAL 24 HOUR
GROUP BY route, ts
ORDER BY ts, route;

-- name: 003 latency
SELECT
model,
quantileExact(0.5)(value) AS p50,
quantileExact(0.95)(value) AS p95,
toStartOfFifteenMinutes(timestamp) AS ts
FROM events
WHERE name = 'agent.response_latency_ms'
AND timestamp >= now() - INTERVAL 24 HOUR
GROUP BY model, ts
ORDER BY ts ASC, model;

-- name: 003 error logs
SELECT
timestamp,
severity_number,
body,
JSONExtractBool(attributes, 'error') AS err,
model
FROM events
WHERE timestamp >= now() - INTERVAL 1 HOUR
AND (severity_number >= 17 OR JSONExtractBool(attributes, 'error') = 1)
ORDER BY timestamp DESC
LIMIT 200;

-- name: 003 spans by service
SELECT
service_name,
count() AS spans
FROM events
WHERE timestamp >= now() - INTERVAL 1 DAY
GROUP BY service_name
ORDER BY spans DESC, service_name;

-- name: 003 basic check
SELECT count() FROM events;

-- name: 004 revenue by hour
SELECT
tenant_id,
currency,
toStartOfHour(timestamp) AS window_start,
sum(amount) AS total_revenue,
uniq(user_id) AS active_users,
count(trace_id) AS trace_count
FROM events
GROUP BY tenant_id, currency, window_start
ORDER BY window_start, tenant_id, currency;

-- name: 000 events of a day by user
SELECT
user_id,
toDate(timestamp) AS day,
arraySort(groupArray(event)) AS events
FROM analytics.events
WHERE event IN ('page_view', 'product_click', 'add_to_cart', 'checkout_start', 'purchase')
GROUP BY user_id, day
ORDER BY user_id, day;

-- name: 001 retention by signup cohort
SELECT toDate(s.timestamp) AS cohort_date, count(DISTINCT s.user_id) AS signups, count(DISTINCT r.user_id) AS retained_7d, round(count(DISTINCT r.user_id) / count(DISTINCT s.user_id) * 100, 1) AS retention_pct FROM events s LEFT JOIN events r ON s.user_id = r.user_id AND r.timestamp BETWEEN s.timestamp + INTERVAL 1 DAY AND s.timestamp + INTERVAL 7 DAY AND r.event != 'page_view' WHERE s.event = 'page_view' AND s.timestamp >= today() - INTERVAL 9 DAY GROUP BY cohort_date ORDER BY cohort_date;

-- name: 002 trend with parameters
-- param: event=page_view
-- param: page=/signup
-- param: start=2026-11-01
-- param: end=2026-12-01
SELECT
toStartOfDay(timestamp) AS time,
count() AS total,
uniqExact(user_id) AS unique_users,
uniqExact(session_id) AS unique_sessions
FROM events
WHERE 1 = 1 AND event = {event:String} AND page = {page:String} AND timestamp >= {start:String} AND timestamp <= {end:String}
GROUP BY time
ORDER BY time;

-- name: 002 funnel with parameters
-- param: start=2026-11-10 00:00:00
-- param: end=2026-12-01 00:00:00
-- param: step0=page_view
-- param: step1=purchase
SELECT
countIf(level >= 1) AS step_1_page_view,
countIf(level >= 2) AS step_2_purchase
FROM (
SELECT
user_id,
windowFunnel(1800)(
toDateTime(timestamp),
event = 'page_view', event = 'purchase'
) AS level
FROM events
WHERE timestamp BETWEEN {start:String} AND {end:String}
AND event IN ({step0:String}, {step1:String})
GROUP BY user_id
);

-- name: 002 alert with parameters
-- param: event=purchase
-- param: w=5760
SELECT count() AS c FROM events WHERE event = {event:String} AND timestamp >= now() - INTERVAL {w:UInt32} MINUTE;

-- name: 003 raw rows
SELECT
event_id,
user_id::String,
event,
timestamp,
JSONExtractString(properties, 'category') AS category
FROM events
WHERE user_id IS NOT NULL
ORDER BY event_id
LIMIT 10;

-- name: 003 sessions model
WITH sessions AS (
SELECT
user_id,
toStartOfDay(timestamp) AS session_day,
countIf(event = 'session_start') AS starts,
countIf(event = 'session_end') AS ends
FROM events
WHERE timestamp >= date_sub(day, 3, today())
GROUP BY user_id, session_day
)
SELECT
concat(user_id, '_', toString(session_day)) AS session_day_user,
user_id,
session_day,
starts,
ends
FROM sessions
ORDER BY user_id, session_day;

-- name: 003 sessions with their country
SELECT
user_id,
session_id,
min(timestamp) AS session_start,
max(timestamp) AS session_end,
any(user_id) AS user,
count() AS events
FROM analytics.events
WHERE toDate(timestamp) >= today() - 7
GROUP BY user_id, session_id
ORDER BY user_id, session_id;

-- name: 003 signup funnel model
SELECT
e.user_id,
minIf(toNullable(e.timestamp), e.event = 'page_view' AND JSONExtractString(e.properties, 'category') = 'toys') AS first_signup_page_at,
minIf(toNullable(e.timestamp), e.event = 'add_to_cart') AS signup_submitted_at,
minIf(toNullable(e.timestamp), e.event = 'purchase') AS signup_completed_at,
IF(signup_completed_at IS NOT NULL, 1, 0) AS completed
FROM analytics.events e
WHERE toDate(e.timestamp) >= addDays(today(), -30)
GROUP BY e.user_id
ORDER BY e.user_id;

-- name: 004 dashboard with freshness
-- param: tenantId=t1
-- param: currency=USD
-- param: hours=96
SELECT
window_start,
total_revenue,
active_users,
max(window_start) OVER () AS latest_window
FROM (
SELECT
tenant_id,
currency,
toStartOfHour(fromUnixTimestamp64Milli(toUnixTimestamp64Milli(timestamp))) AS window_start,
sum(amount) AS total_revenue,
uniqExact(user_id) AS active_users,
count(trace_id) AS trace_count
FROM events
GROUP BY tenant_id, currency, window_start
) AS business_metrics_hourly
WHERE tenant_id = {tenantId:String}
AND currency = {currency:String}
AND window_start >= now() - toIntervalHour({hours:UInt16})
ORDER BY window_start ASC;

-- name: unions
SELECT part, at FROM (SELECT 'first' AS part, min(timestamp) AS at FROM events UNION ALL SELECT 'last', max(timestamp) FROM events) ORDER BY part;

-- name: distinct unions
SELECT sum(x) FROM (SELECT DISTINCT length(event) AS x FROM events UNION DISTINCT SELECT 4);

-- name: tables of WITH in tables of WITH
WITH per_user AS (SELECT user_id, count() AS n FROM events GROUP BY user_id),
per_count AS (SELECT n, count() AS users FROM per_user GROUP BY n)
SELECT n, users, users * 100 / sum(users) OVER () AS share FROM per_count ORDER BY n;

-- name: expressions of WITH
WITH toDate(timestamp) AS day, ['purchase', 'add_to_cart'] AS wanted
SELECT day, countIf(event IN wanted) AS n FROM events GROUP BY day ORDER BY day;

-- name: a value from a query
SELECT event, count() / (SELECT count() FROM events) AS share FROM events GROUP BY event ORDER BY event;

-- name: users of a query
SELECT event, count() AS n FROM events
WHERE user_id IN (SELECT user_id FROM events WHERE event = 'purchase')
AND user_id NOT IN (SELECT user_id FROM events WHERE event = 'purchase' AND amount > 99)
GROUP BY event ORDER BY event;

-- name: pairs of a query
SELECT count() FROM events WHERE (user_id, toDate(timestamp)) IN (SELECT user_id, toDate(timestamp) FROM events WHERE event = 'purchase');

-- name: running sums and moving averages
SELECT day, n, sum(n) OVER (ORDER BY day) AS running, avg(n) OVER (ORDER BY day ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving
FROM (SELECT toDate(timestamp) AS day, count() AS n FROM events GROUP BY day) ORDER BY day;

-- name: ranks within parts
SELECT country, event, n, rank() OVER (PARTITION BY country ORDER BY n DESC, event) AS r
FROM (SELECT country, event, count() AS n FROM events GROUP BY country, event)
ORDER BY country, r LIMIT 12;

-- name: the event before
SELECT event, before, count() AS n FROM (
SELECT event, lagInFrame(toNullable(event)) OVER (PARTITION BY user_id ORDER BY timestamp, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before
FROM events WHERE user_id IS NOT NULL)
GROUP BY event, before ORDER BY n DESC, event, before;

-- name: a join of users
SELECT a.user_id AS user, a.n AS events, b.n AS purchases
FROM (SELECT user_id, count() AS n FROM events GROUP BY user_id) AS a
LEFT JOIN (SELECT user_id, count() AS n FROM events WHERE event = 'purchase' GROUP BY user_id) AS b USING (user_id)
ORDER BY user;

-- name: what followed within an hour
SELECT b.event AS next, count() AS n, uniqExact(a.user_id) AS users
FROM events AS a INNER JOIN events AS b ON a.user_id = b.user_id AND b.timestamp > a.timestamp
WHERE a.event = 'add_to_cart' AND dateDiff('second', a.timestamp, b.timestamp) <= 3600
GROUP BY next ORDER BY n DESC, next;

-- name: the first of each
SELECT country, event, count() AS n FROM events GROUP BY country, event ORDER BY country, n DESC, event LIMIT 2 BY country;

-- name: cases
SELECT CASE WHEN amount > 50 THEN 'high' WHEN amount > 0 THEN 'low' ELSE 'none' END AS band,
CASE event WHEN 'purchase' THEN 1 ELSE 0 END AS bought, count() AS n
FROM events GROUP BY band, bought ORDER BY band, bought;

-- name: weekdays and intervals
SELECT toDayOfWeek(timestamp) AS weekday, toStartOfInterval(timestamp, INTERVAL 6 HOUR) AS quarter, count() AS n
FROM events GROUP BY weekday, quarter ORDER BY quarter LIMIT 20;

-- name: first, last, at the extremes
SELECT country, argMin(event_id, timestamp) AS a, argMax(event_id, timestamp) AS b, argMax(amount, timestamp) AS c, any(country) AS d, anyLast(country) AS e
FROM events GROUP BY country ORDER BY country;

-- name: spread
SELECT device, round(stddevPop(amount), 8), round(stddevSamp(amount), 8), round(varPop(value), 4), round(varSamp(value), 4), round(covarPop(amount, value), 6), round(covarSamp(amount, value), 6), round(corr(amount, value), 8)
FROM events GROUP BY device ORDER BY device;

-- name: several quantiles
SELECT quantiles(0.5)(amount), quantilesExact(0.1, 0.5, 0.99)(value), quantilesExactInclusive(0.1, 0.5, 0.99)(value), quantilesExactExclusive(0.1, 0.5, 0.9)(value), quantileExactLow(0.5)(value), quantileExactHigh(0.5)(value), quantileExactWeighted(0.4)(value, toUInt64(ifNull(severity_number, 1)))
FROM events;

-- name: lists
SELECT country, arraySort(groupUniqArray(event)) AS a, groupArraySorted(3)(value) AS b, length(groupArray(amount)) AS c, length(groupArray(5)(event)) AS d, topK(1)(event) AS e
FROM events GROUP BY country ORDER BY country;

-- name: combinators
SELECT sumDistinct(value) AS a, sum(DISTINCT value) AS b, avgDistinctIf(value, country = 'DE') AS c, sumOrNull(value) AS d, sumOrNullIf(value, event = 'signup' AND country = 'XX') AS e, countIf(amount > 50) AS f, uniqExactIf(user_id, event = 'purchase') AS g, count(DISTINCT country, device) AS h, uniqExact(country, event) AS i, maxOrDefault(value) AS j
FROM events;

-- name: sums of conditions
SELECT sum(event = 'purchase') AS a, avg(event = 'purchase') AS b, sum((event = 'purchase') + (country = 'DE')) AS c FROM events;

-- name: bits
SELECT groupBitAnd(value) AS a, groupBitOr(value) AS b, groupBitXor(value) AS c FROM events WHERE value IS NOT NULL;

-- name: retention
SELECT sum(r[1]) AS a, sum(r[2]) AS b, sum(r[3]) AS c FROM (
SELECT user_id, retention(toDate(timestamp) = '2026-11-19', toDate(timestamp) = '2026-11-20', toDate(timestamp) = '2026-11-21') AS r FROM events GROUP BY user_id);

-- name: sequences
SELECT user_id, sequenceMatch('(?1).*(?2)')(toDateTime(timestamp), event = 'page_view', event = 'purchase') AS a, sequenceCount('(?1)(?2)')(toDateTime(timestamp), event = 'page_view', event = 'add_to_cart') AS b, sequenceCount('(?1).*(?t<=3600)(?2)')(toDateTime(timestamp), event = 'page_view', event = 'purchase') AS c
FROM events GROUP BY user_id ORDER BY user_id;

-- name: modes of windowFunnel
SELECT user_id, windowFunnel(7200)(toDateTime(timestamp), event = 'page_view', event = 'add_to_cart', event = 'purchase') AS a, windowFunnel(7200, 'strict_order')(toDateTime(timestamp), event = 'page_view', event = 'add_to_cart', event = 'purchase') AS b, windowFunnel(72000, 'strict_deduplication')(toDateTime(timestamp), event = 'page_view', event = 'add_to_cart', event = 'purchase') AS c, windowFunnel(72000, 'strict_increase')(toDateTime(timestamp), event = 'page_view', event = 'add_to_cart', event = 'purchase') AS d, windowFunnel(72000, 'strict_once')(toDateTime(timestamp), event = 'page_view', event != 'purchase', event = 'purchase') AS e
FROM events GROUP BY user_id ORDER BY user_id;

-- name: aggregates in windows
SELECT day, uniqExact(event) OVER (ORDER BY day ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS a, round(stddevPop(n) OVER (), 6) AS b, groupArray(n) OVER (ORDER BY day ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS c, quantileExact(0.5)(n) OVER (ORDER BY day) AS d
FROM (SELECT toDate(timestamp) AS day, any(toStartOfDay(timestamp)) AS event, count() AS n FROM events GROUP BY day) ORDER BY day;

-- name: having, arithmetic and aliases of aliases
SELECT country AS place, count() AS n, n * 2 + 1 AS more, sum(amount) / n AS mean
FROM events
GROUP BY place
HAVING n > 100 AND more % 2 = 1
ORDER BY mean DESC, place;

-- name: every aggregate with a condition
SELECT
countIf(amount > 10), count(amount), count(DISTINCT device), sumIf(amount, device = 'mobile'),
avgIf(amount, device = 'mobile'), minIf(amount, country = 'DE'), maxIf(amount, country = 'DE'),
uniqExactIf(user_id, event = 'purchase'), uniqIf(session_id, event != 'purchase'),
quantileExactIf(0.9)(value, device != 'tablet'), quantileExactInclusive(0.33)(value),
quantileExactExclusive(0.77)(value), min(event), max(country)
FROM events;

-- name: text functions and patterns
SELECT upper(country) AS c, length(page) AS n, concat(device, '-', country) AS both, count()
FROM events
WHERE page LIKE '/s%' AND device NOT LIKE '%top' AND event NOT IN ('error', 'signup') AND body ILIKE 'TIME%'
GROUP BY c, n, both
ORDER BY both, n;

-- name: nulls in order
SELECT amount, count() FROM events GROUP BY amount ORDER BY amount DESC NULLS FIRST;

-- name: nulls last
SELECT user_id, count() AS n FROM events GROUP BY user_id ORDER BY user_id;

-- name: limit with offset
SELECT event_id, amount FROM events WHERE amount IS NOT NULL ORDER BY amount DESC, event_id LIMIT 10 OFFSET 5;

-- name: limit with two numbers
SELECT event_id FROM events ORDER BY 1 DESC LIMIT 3, 4;

-- name: positions
SELECT device, country, count() FROM events GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2;

-- name: a sub-query of a sub-query
SELECT bucket, count() AS users, max(n) AS most
FROM (
  SELECT user_id, n, if(n > 70, 'many', 'few') AS bucket
  FROM (SELECT user_id, count() AS n FROM events WHERE user_id IS NOT NULL GROUP BY user_id)
)
GROUP BY bucket
ORDER BY bucket;

-- name: times of a sub-query
SELECT toDate(day) AS d, sum(n) AS n, max(hour) AS last
FROM (SELECT toStartOfDay(timestamp) AS day, toStartOfHour(timestamp) AS hour, count() AS n FROM events GROUP BY day, hour)
WHERE day >= '2026-11-15'
GROUP BY d
HAVING n > 1
ORDER BY d;

-- name: dates of a sub-query
SELECT d, n FROM (SELECT toDate(timestamp) AS d, count() AS n FROM events GROUP BY d) WHERE d >= toDate('2026-11-18') AND d != '2026-11-19' ORDER BY d;

-- name: weeks and months
SELECT toMonday(timestamp) AS week, toStartOfMonth(timestamp) AS month, toStartOfWeek(timestamp) AS sunday, count() FROM events GROUP BY week, month, sunday ORDER BY week, month, sunday;

-- name: distinct of two columns
SELECT DISTINCT device, if(country = 'DE', 'here', 'there') AS place FROM events ORDER BY device, place;

-- name: distinct of groups
SELECT DISTINCT count() > 100 AS often FROM events GROUP BY country, device ORDER BY often;

-- name: no rows
SELECT count(), sum(amount), sumIf(value, event = 'purchase'), uniqExact(user_id) FROM events WHERE country = 'XX';

-- name: no groups
SELECT country, count() FROM events WHERE country = 'XX' GROUP BY country;

-- name: numbers in JSON
SELECT JSONExtractFloat(properties, 'price') AS price, JSONExtractInt(properties, 'price') AS whole, JSONExtractString(properties, 'price') AS shown, count() FROM events GROUP BY price, whole, shown ORDER BY price;

-- name: logic of three values
SELECT countIf(amount > 10 OR user_id = 'u1') AS a, countIf(NOT (amount > 10 AND user_id = 'u1')) AS b, countIf(amount > 10 AND NOT user_id = 'u1') AS c, countIf(amount IN (9.99, 19.5, 100)) AS d, countIf(amount BETWEEN 0.15 AND 60) AS e FROM events;

-- name: rounding and nulls
SELECT round(avg(amount), 2) AS mean, coalesce(max(trace_id), 'none') AS t, ifNull(min(amount), 0) AS least, nullIf(count(), 600) AS n FROM events;

-- name: the prefix of a table
SELECT e.event, count() FROM events AS e WHERE e.country = 'DE' GROUP BY e.event ORDER BY e.event;

-- name: an alias that hides a column
SELECT lower(event) AS event, toStartOfDay(timestamp) AS timestamp, count() FROM events WHERE timestamp >= '2026-11-20' GROUP BY event, timestamp ORDER BY timestamp, event;

-- name: funnels that allow to enter again
SELECT user_id, toDate(timestamp) AS day,
  windowFunnel(4, 'strict_order', 'allow_reentry')(h % 16, h % 3 = 0, h % 5 < 3, h % 7 < 4),
  windowFunnel(4, 'strict_order', 'allow_reentry', 'strict_deduplication')(h % 16, h % 3 = 0, h % 5 < 3, h % 7 < 4),
  windowFunnel(4, 'strict_order', 'allow_reentry', 'strict_increase')(h % 16, h % 3 = 0, h % 5 < 3, h % 7 < 4),
  windowFunnel(4, 'strict_order', 'allow_reentry', 'strict_once')(h % 16, h % 3 = 0, h % 5 < 3, h % 7 < 4),
  windowFunnel(4, 'strict_order', 'allow_reentry', 'strict_deduplication', 'strict_increase')(h % 16, h % 3 = 0, h % 5 < 3, h % 7 < 4),
  windowFunnel(4, 'strict_order', 'allow_reentry', 'strict_deduplication', 'strict_once')(h % 16, h % 3 = 0, h % 5 < 3, h % 7 < 4),
  windowFunnel(4, 'strict_order', 'allow_reentry', 'strict_increase', 'strict_once')(h % 16, h % 3 = 0, h % 5 < 3, h % 7 < 4),
  windowFunnel(4, 'strict_order', 'allow_reentry', 'strict_deduplication', 'strict_increase', 'strict_once')(h % 16, h % 3 = 0, h % 5 < 3, h % 7 < 4)
FROM (SELECT user_id, timestamp, cityHash64(event_id) % 100000 AS h FROM events WHERE user_id IS NOT NULL)
GROUP BY user_id, day
ORDER BY user_id, day;

-- name: items as rows
SELECT word, count() AS n, uniqExact(user_id) AS users, min(toDate(timestamp)) AS first
FROM events ARRAY JOIN splitByChar('_', event) AS word, arrayEnumerate(splitByChar('_', event)) AS place
WHERE place < 3 AND word != 'view' AND country = 'DE'
GROUP BY word ORDER BY word;

-- name: days and events
SELECT day, kind, countIf(toDate(timestamp) = day AND event = kind) AS n, sumIf(value, toDate(timestamp) <= day) AS s
FROM events ARRAY JOIN arrayMap(x -> toDate('2026-11-10') + x, range(0, 5)) AS day ARRAY JOIN ['purchase', 'search'] AS kind
GROUP BY day, kind HAVING day != '2026-11-12' ORDER BY day, kind;

-- name: arrays that stay when empty
SELECT user_id, item, count() AS n
FROM (SELECT user_id, arrayFilter(x -> x != 'page_view', groupUniqArray(event)) AS seen FROM events WHERE timestamp >= '2026-11-20' GROUP BY user_id)
LEFT ARRAY JOIN arrayMap(x -> upper(x), seen) AS item
WHERE notEmpty(item) GROUP BY user_id, item ORDER BY user_id, item LIMIT 30;

-- name: arrayJoin over rows
SELECT arrayJoin([1, 2]) AS a, arrayJoin(['x', 'y']) AS b, arrayJoin([1, 2]) AS c, user_id FROM events WHERE event = 'signup' AND a + length(user_id) > 3 ORDER BY timestamp, user_id, a, b LIMIT 20;

-- name: arrayJoin over groups
SELECT country, arrayJoin(arraySort(groupUniqArray(device))) AS d, count() AS n FROM events GROUP BY country HAVING d != 'desktop' ORDER BY country, d;

-- name: groups of arrayJoin
SELECT arrayJoin(['all', event]) AS e, count() AS n, arrayJoin(['u', 'v']) AS w FROM events GROUP BY e ORDER BY n DESC, e, w LIMIT 12;

-- name: days without a table
SELECT arrayJoin(arrayMap(x -> toDate('2026-11-01') + x, range(0, 10, 3))) AS day, toStartOfWeek(day), arrayJoin([toDateTime('2026-11-02 10:00:00')]) > day;

-- name: items of a join
SELECT a.user_id, w, count() FROM events AS a JOIN (SELECT user_id, count() AS n FROM events GROUP BY user_id) AS b ON a.user_id = b.user_id ARRAY JOIN [a.country, toString(b.n % 2)] AS w WHERE a.event = 'signup' AND w != '0' GROUP BY a.user_id, w ORDER BY a.user_id, w LIMIT 25;

-- name: days that are missing
SELECT toDate(timestamp) AS day, count() AS n, sum(value) AS s, 'x' AS c, count() * 2 FROM events WHERE event = 'signup' GROUP BY day ORDER BY day WITH FILL FROM toDate('2026-11-01') TO toDate('2026-11-26');

-- name: missing weeks
SELECT toStartOfWeek(timestamp) AS week, count() AS n FROM events WHERE event = 'signup' AND user_id < 'u3' GROUP BY week ORDER BY week DESC WITH FILL FROM toDate('2026-12-06') STEP INTERVAL -1 WEEK LIMIT 12;

-- name: missing hours
SELECT toStartOfHour(timestamp) AS hour, count() AS n FROM events WHERE event = 'purchase' AND timestamp >= '2026-11-20' GROUP BY hour ORDER BY hour WITH FILL TO toDateTime('2026-11-21 03:00:00') STEP INTERVAL 2 HOUR;

-- name: missing months
SELECT toStartOfMonth(timestamp) AS month, count(), row_number() OVER (ORDER BY month) FROM events GROUP BY month ORDER BY month WITH FILL FROM toDate('2026-07-31') TO toDate('2027-02-01') STEP INTERVAL 1 MONTH;

-- name: missing hours of each country
SELECT country, toHour(timestamp) AS hour, country AS c, count() AS n, uniqExact(user_id) FROM events WHERE event = 'signup' GROUP BY country, hour ORDER BY country DESC, hour WITH FILL FROM 20 TO 24 STEP 2, n LIMIT 40 OFFSET 3;

-- name: missing numbers
SELECT (length(user_id) + value % 40) / 4 AS k, min(value) IS NULL AS none, count() FROM events WHERE event = 'signup' GROUP BY k ORDER BY k WITH FILL STEP 0.5;

-- name: missing numbers of nothing
SELECT value AS v, 'x' AS x FROM events WHERE event = 'signup' AND value < 0 ORDER BY v DESC WITH FILL FROM 10 TO 4 STEP -3;

-- name: rollup
SELECT country, device, count() AS n, uniqExact(user_id), sum(amount), grouping(country) AS a, grouping(country, device) AS b FROM events GROUP BY country, device WITH ROLLUP ORDER BY b, country, device;

-- name: rollup and conditions
SELECT if(grouping(event) = 1, 'all', event) AS e, device AS d, count() AS n, max(value) FROM events WHERE event LIKE '%signup%' GROUP BY ROLLUP(event, device) HAVING n > 3 ORDER BY e, d, n LIMIT 3 BY e;

-- name: cube
SELECT event, country, toHour(timestamp) % 2 AS h, count() AS n, grouping(h, event) + 1 AS g FROM events WHERE event IN ('signup', 'error') GROUP BY CUBE(event, country, h) ORDER BY g, event, country, h, n;

-- name: cube behind the keys
SELECT upper(event) AS e, length(event), 1 AS one, quantileExact(0.5)(value) FROM events GROUP BY event WITH CUBE ORDER BY e, 2;

-- name: grouping sets
SELECT event, country, count() AS n, avg(value) > 0 AS v, groupUniqArray(device) = [] AS none FROM events GROUP BY GROUPING SETS ((event, country), event, (), (country)) ORDER BY event, country, n;

-- name: grouping sets twice
SELECT device, count() AS n, sum(count()) OVER () AS all FROM events GROUP BY GROUPING SETS ((device), (device)) ORDER BY device;

-- name: grouping sets of nothing
SELECT event AS e, count() FROM events WHERE country = 'XX' GROUP BY GROUPING SETS ((e), ());

-- name: rollup of nothing
SELECT event AS e, count() FROM events WHERE country = 'XX' GROUP BY e WITH ROLLUP;

-- name: grouping by all keys
SELECT grouping(event) AS g, count() FROM events GROUP BY event HAVING g = 0 ORDER BY 2 DESC LIMIT 3;

-- name: windows of distances
SELECT v, sum(v) OVER (ORDER BY v RANGE BETWEEN 20 PRECEDING AND CURRENT ROW) AS a, count() OVER (ORDER BY v DESC RANGE BETWEEN 40 PRECEDING AND 10 FOLLOWING) AS b, count() OVER (ORDER BY v RANGE BETWEEN 100 PRECEDING AND 30 PRECEDING) AS c, count() OVER (PARTITION BY v % 2 ORDER BY v RANGE BETWEEN 5 FOLLOWING AND 50 FOLLOWING) AS d, first_value(v) OVER (ORDER BY v RANGE BETWEEN 15 PRECEDING AND UNBOUNDED FOLLOWING) AS e, uniqExact(v) OVER (ORDER BY v RANGE BETWEEN UNBOUNDED PRECEDING AND 7 FOLLOWING) AS f, count() OVER (ORDER BY v RANGE 0 PRECEDING) AS g
FROM (SELECT assumeNotNull(value) AS v FROM events WHERE event = 'signup') ORDER BY v;

-- name: windows of days and seconds
SELECT day, n, sum(n) OVER (ORDER BY day RANGE BETWEEN 3 PRECEDING AND 1 FOLLOWING) AS a, count() OVER (ORDER BY at RANGE BETWEEN 172800 PRECEDING AND CURRENT ROW) AS b, avg(n) OVER (PARTITION BY toDayOfWeek(day) ORDER BY day DESC RANGE BETWEEN 7 PRECEDING AND CURRENT ROW) AS c
FROM (SELECT toDate(timestamp) AS day, toStartOfDay(timestamp) AS at, count() AS n FROM events GROUP BY day, at) ORDER BY day;

-- name: maps of sums
SELECT country, sumMap([event, 'all'], [toInt64(1), value]) AS m, tupleElement(m, 1)[1] AS first, sumMapWithOverflow((splitByChar('_', event), arrayEnumerate(splitByChar('_', event)))) AS w, minMap([device], [amount]), maxMap([device, 'x'], [event, country], [value, 1]), sumMapIf([event], [value], event LIKE 'sign%') AS c
FROM events GROUP BY country ORDER BY country;

-- name: maps of nothing and of nulls
SELECT sumMap(k, v), maxMap(k, arrayMap(x -> ifNull(x, 0), v)), sumMap(k, v).2 FROM (SELECT groupArray(toNullable(device)) AS k, arrayMap(x -> if(x = 'tablet', NULL, length(x) - 5), k) AS v FROM events WHERE event = 'signup' GROUP BY country);

-- name: and, or and not as calls
SELECT and(event = 'signup', 1) AS x, or(country = 'DE', 0, value > 990) AS y, not(or(x, y)) AS z, count() FROM events WHERE or(event = 'signup', event = 'error') AND and(not(country = 'US'), 1) GROUP BY x, y, z ORDER BY x, y, z;

-- name: bars and readable numbers
SELECT assumeNotNull(value) AS v, bar(v, 100, 1900, 20), bar(v, -5, 700, 33.5), bar(v / 7, 0, 250), formatReadableSize(v * v * v), formatReadableSize(-v / 3), formatReadableDecimalSize(v * v * v / 7), formatReadableQuantity(v * v * 11 / 7), formatReadableTimeDelta(-v / 8, 'minutes', 'milliseconds')
FROM events WHERE event IN ('signup', 'error', 'purchase') ORDER BY v, timestamp;

-- name: more hashes
SELECT user_id, lower(hex(MD5(user_id))), sipHash64(user_id), xxHash64(user_id, event), sipHash64(event, user_id, country), lower(hex(MD5(repeat(concat(event, user_id), 9)))), sipHash64(repeat(event, 5)) % 100, count()
FROM events WHERE event IN ('signup', 'error') GROUP BY user_id, event, country ORDER BY user_id, event, country;
