-- Functions of one row: as many as fit into each question. functions.ndjson holds what ClickHouse
-- said (make-answers.py).

-- name: functions 01
SELECT
toInt64('12'),
toInt8(300),
toUInt8(-1),
toInt64(12.7),
toInt64(-12.7),
toInt64OrNull('12.5'),
toInt64OrZero('abc'),
toInt64OrDefault('abc', toInt64(7));

-- name: functions 02
SELECT
toUInt64(1.5),
toFloat64('1e5'),
toFloat64OrNull('x'),
toFloat64OrZero(''),
toFloat32(0.1),
toDecimal64('1.239', 2),
toDecimal64(1.5, 4),
toString(1.5);

-- name: functions 03
SELECT
toString(1e21),
toString(1e-7),
toString(123456789.125),
toString(100000000000000000000.),
toString(toDateTime('2026-01-01 10:00:00')),
toString(toDate('2026-01-01')),
toString(['a','b']),
toString([1,2]);

-- name: functions 04
SELECT
toString((1,'a')),
toString(true),
toBool('true'),
toBool(1),
toDate('2026-01-05 10:00:00'),
toDate(20000),
toDate(1767225600),
toDateTime(1767225600);

-- name: functions 05
SELECT
toDateTime('2026-01-01'),
toDateTime('1767225600'),
parseDateTimeBestEffort('2026-01-01T10:00:00Z'),
parseDateTimeBestEffort('2026-01-01T10:00:00+02:00'),
parseDateTimeBestEffortOrNull('x'),
toUnixTimestamp(toDateTime('2026-01-01 10:00:00')),
toUnixTimestamp64Milli(toDateTime64('2026-01-01 10:00:00.123', 3)),
fromUnixTimestamp(1767225600);

-- name: functions 06
SELECT
CAST('12' AS Int32),
CAST('2026-01-01' AS Date),
CAST(1.9 AS Int8),
CAST('x' AS Nullable(String)),
toString(CAST([1,2] AS Array(String))),
CAST('1.50' AS Decimal(10,2)),
'5'::Int64 + 1,
accurateCastOrNull(300, 'UInt8');

-- name: functions 07
SELECT
accurateCast(12, 'UInt8'),
if(1, 2, 3),
multiIf(0, 1, 0, 2, 3),
CASE 3 WHEN 1 THEN 'a' WHEN 3 THEN 'b' ELSE 'c' END,
coalesce(NULL, NULL, 3),
ifNull(NULL, 'x'),
nullIf(1, 1),
greatest(1, 3, 2);

-- name: functions 08
SELECT
least('b', 'a'),
isNotDistinctFrom(NULL, NULL),
xor(1, 0),
not(0),
equals(1, 1),
plus(1, 2),
(1 = 1) + (2 = 2),
transform(2, [1,2,3], ['a','b','c'], 'd');

-- name: functions 09
SELECT
transform(9, [1,2,3], ['a','b','c'], 'd'),
lower('ÄBc'),
lowerUTF8('ÄBc'),
upperUTF8('äß'),
length('äb'),
lengthUTF8('äb'),
empty(''),
notEmpty([1]);

-- name: functions 10
SELECT
concat('a', 1, toDate('2026-01-01')),
concatWithSeparator('-', 'a', 'b', 'c'),
substring('hello', 2, 3),
substring('hello', -3, 2),
substringUTF8('äöü', 2, 1),
left('hello', 2),
left('hello', -2),
right('hello', 2);

-- name: functions 11
SELECT
right('hello', -2),
position('hello', 'l'),
position('hello', 'l', 4),
positionCaseInsensitive('HeLLo', 'll'),
locate('hello', 'l'),
replaceAll('aXbXc', 'X', '--'),
replaceOne('aXbXc', 'X', '--'),
replaceRegexpAll('hello world', '(\\w+)', '<\\1>');

-- name: functions 12
SELECT
replaceRegexpOne('hello', 'l', 'L'),
replaceRegexpAll('abc', '', '-'),
toString(splitByChar(',', 'a,b,,c')),
toString(splitByChar(',', '')),
toString(splitByString('ab', '1ab2ab3')),
toString(splitByString('', 'abc')),
toString(splitByRegexp('\\d+', 'a1b22c')),
arrayStringConcat(['a','b'], '-');

-- name: functions 13
SELECT
startsWith('hello', 'he'),
endsWith('hello', 'lo'),
match('hello', 'l+o$'),
match('a\nb', 'a.b'),
extract('id=42;', '(\\d+)'),
toString(extractAll('a1b22', '\\d+')),
toString(extractGroups('k=v', '(\\w)=(\\w)')),
extract('abc', '[[:alpha:]]{2}');

-- name: functions 14
SELECT
match('FOO', '(?i)foo'),
countMatches('foobar', 'o'),
trimLeft('  a '),
trimBoth('xxaxx', 'x'),
trim('  a '),
reverse('abc'),
repeat('ab', 3),
leftPad('7', 3, '0');

-- name: functions 15
SELECT
rightPad('7', 3),
format('{}-{}', 'a', 'b'),
format('{1}-{0}', 'a', 'b'),
ascii('a'),
char(72, 105),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 15 MINUTE),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 2 DAY),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 2 WEEK);

-- name: functions 16
SELECT
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 5 MONTH),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 2 QUARTER),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 3 YEAR),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 7 HOUR),
toStartOfWeek(toDate('2026-03-29'), 1),
toStartOfISOYear(toDate('2026-03-29')),
toLastDayOfMonth(toDate('2026-02-03')),
toMonday(toDate('2026-03-29'));

-- name: functions 17
SELECT
toDayOfWeek(toDate('2026-03-29')),
toDayOfWeek(toDate('2026-03-29'), 1),
toDayOfWeek(toDate('2026-03-29'), 2),
toDayOfWeek(toDate('2026-03-29'), 3),
toDayOfYear(toDate('2026-03-29')),
toQuarter(toDate('2026-03-29')),
toISOWeek(toDate('2027-01-01')),
toISOYear(toDate('2027-01-01'));

-- name: functions 18
SELECT
toWeek(toDate('2027-01-01')),
toWeek(toDate('2027-01-01'), 1),
toWeek(toDate('2027-01-01'), 2),
toWeek(toDate('2027-01-01'), 3),
toWeek(toDate('2027-01-01'), 4),
toWeek(toDate('2027-01-01'), 5),
toWeek(toDate('2027-01-01'), 6),
toWeek(toDate('2027-01-01'), 7);

-- name: functions 19
SELECT
toWeek(toDate('2026-12-31'), 3),
toWeek(toDate('2024-12-30'), 3),
toWeek(toDate('2024-06-30'), 0),
toYearWeek(toDate('2027-01-01')),
toYYYYMM(toDate('2026-03-29')),
toYYYYMMDD(toDate('2026-03-29')),
toYYYYMMDDhhmmss(toDateTime('2026-03-29 10:17:33')),
monthName(toDate('2026-03-29'));

-- name: functions 20
SELECT
dateDiff('day', toDateTime('2026-01-01 23:00:00'), toDateTime('2026-01-02 01:00:00')),
dateDiff('week', toDate('2026-01-04'), toDate('2026-01-05')),
dateDiff('month', toDate('2026-01-31'), toDate('2026-02-01')),
dateDiff('hour', toDateTime('2026-01-01 10:59:00'), toDateTime('2026-01-01 11:01:00')),
dateDiff('year', toDate('2025-12-31'), toDate('2026-01-01')),
dateDiff(SECOND, toDateTime('2026-01-01 10:59:00'), toDateTime('2026-01-01 11:01:00')),
age('month', toDate('2026-01-31'), toDate('2026-02-28')),
age('day', toDateTime('2026-01-01 23:00:00'), toDateTime('2026-01-02 01:00:00'));

-- name: functions 21
SELECT
date_trunc('month', toDateTime('2026-03-29 10:17:33')),
date_trunc('hour', toDateTime('2026-03-29 10:17:33')),
date_trunc('day', toDate('2026-03-29')),
addMonths(toDate('2026-01-31'), 1),
addDays(toDateTime('2026-01-31 10:00:00'), 2),
subtractYears(toDate('2024-02-29'), 1),
addHours(toDate('2026-01-31'), 5),
toDate('2026-01-31') + 3;

-- name: functions 22
SELECT
toDate('2026-01-31') - toDate('2026-01-01'),
toDateTime('2026-01-31 00:00:00') - toDateTime('2026-01-30 00:00:00'),
toDateTime('2026-01-31 00:00:00') + 90,
toDate('2026-01-31') + INTERVAL (1+1) MONTH,
timeSlot(toDateTime('2026-01-31 10:45:00')),
formatDateTime(toDateTime('2026-03-29 14:07:03'), '%Y-%m-%d %H:%i:%S %y %C %e %j %a %W %u %w %V %G %g %Q %I %p %D %F %T %R %M %b %h %z %n%%'),
formatDateTime(toDateTime('2026-03-29 14:07:03'), '%f %r %k %l %c %s'),
toHour(toDateTime('2026-07-01 10:00:00'), 'Europe/Berlin');

-- name: functions 23
SELECT
toDate(toDateTime('2026-07-01 23:00:00'), 'Europe/Berlin'),
toString(toDateTime('2026-07-01 23:00:00'), 'Europe/Berlin'),
toString(toTimeZone(toDateTime('2026-07-01 23:00:00'), 'America/New_York')),
toUnixTimestamp(toDateTime('2026-07-01 23:00:00', 'Europe/Berlin')),
toHour(toTimeZone(toDateTime('2026-07-01 23:00:00'), 'Asia/Kolkata')),
toUnixTimestamp(toStartOfDay(toDateTime('2026-07-01 23:00:00'), 'Asia/Kolkata')),
makeDate(2026, 2, 28),
makeDateTime(2026, 2, 28, 10, 11, 12);

-- name: functions 24
SELECT
abs(-3),
sign(-2.5),
round(2.5),
round(1234.567, -2),
roundBankers(2.5),
floor(-1.5),
ceil(1.234, 2),
trunc(-1.987, 1);

-- name: functions 25
SELECT
trunc(-1987, -2),
sqrt(16),
cbrt(27),
exp(0),
ln(1),
log2(8),
log10(1000),
pow(2, 10);

-- name: functions 26
SELECT
pi(),
e(),
intDiv(7, -2),
intDiv(7.9, 2),
intDivOrZero(1, 0),
7 % 3,
-7 % 3,
positiveModulo(-7, 3);

-- name: functions 27
SELECT
moduloOrZero(1, 0),
gcd(12, -18),
lcm(4, 6),
bitAnd(12, 10),
bitOr(12, 10),
bitXor(12, 10),
bitShiftLeft(1, 4),
bitShiftRight(16, 2);

-- name: functions 28
SELECT
bitTest(5, 2),
bitCount(7),
isFinite(1.5),
roundToExp2(100),
width_bucket(5.5, 0, 10, 5),
JSONExtractString('{"a":{"b":"x"}}', 'a', 'b'),
JSONExtractInt('{"a":[1,2,3]}', 'a', -1),
JSONExtractFloat('{"a":1.5}', 'a');

-- name: functions 29
SELECT
JSONExtractBool('{"a":true}', 'a'),
JSONExtractRaw('{"a":[1, 2,{"b":null}]}', 'a'),
JSONExtractRaw('{"a":"x\\u00e4"}', 'a'),
toString(JSONExtractKeys('{"a":1,"b":2}')),
toString(JSONExtractArrayRaw('[1,"a",[2]]')),
JSONHas('{"a":1}', 'a'),
JSONHas('{"a":1}', 'b'),
JSONLength('{"a":[1,2]}', 'a');

-- name: functions 30
SELECT
JSONLength('[1,2,3]'),
JSONType('{"a":1.5}', 'a'),
JSONType('{"a":1}', 'a'),
JSONType('{}'),
JSON_VALUE('{"a":{"b":[1,2]}}', '$.a.b[1]'),
JSON_QUERY('{"a":{"b":[1,2]}}', '$.a.b'),
JSON_EXISTS('{"a":1}', '$.a'),
toString(JSONExtract('{"a":[1,2]}', 'a', 'Array(Int64)'));

-- name: functions 31
SELECT
JSONExtract('{"a":"5"}', 'a', 'Nullable(Int64)'),
JSONExtract('{"a":5}', 'a', 'String'),
JSONExtract('{"a":5}', 'b', 'Nullable(Int64)'),
JSONExtractInt('{"a":"5"}', 'a'),
JSONExtractString('{"a":[1,2]}', 'a'),
simpleJSONExtractInt('{"a":5}', 'a'),
isValidJSON('{"a":5}'),
isValidJSON('{a:5}');

-- name: functions 32
SELECT
[1,2,3][2],
[1,2,3][-1],
[1,2,3][9],
['a'][5],
tuple(1,'a').2,
has([1,2,3], 2),
hasAny([1,2], [2,3]),
hasAll([1,2], [2,3]);

-- name: functions 33
SELECT
hasSubstr([1,2,3], [2,3]),
indexOf(['a','b'], 'b'),
countEqual([1,2,1], 1),
toString(arrayConcat([1], [2,3])),
toString(arraySlice([1,2,3,4], 2, 2)),
toString(arraySlice([1,2,3,4], -2)),
toString(arrayReverse([1,2,3])),
toString(arraySort([3,1,2]));

-- name: functions 34
SELECT
toString(arraySort(x -> -x, [3,1,2])),
toString(arrayReverseSort([3,1,2])),
toString(arraySort((x, y) -> y, ['a','b','c'], [3,1,2])),
toString(arrayDistinct([1,2,1])),
arrayUniq([1,2,1]),
toString(arrayCompact([1,1,2,2,1])),
toString(arrayEnumerate(['a','b'])),
toString(arrayPushBack([1], 2));

-- name: functions 35
SELECT
toString(arrayPushFront([1], 2)),
toString(arrayPopBack([1,2])),
toString(arrayMap(x -> x * 2, [1,2])),
toString(arrayMap((x, y) -> x + y, [1,2], [10,20])),
toString(arrayFilter(x -> x > 1, [1,2,3])),
toString(arrayFilter((x, y) -> y > 1, ['a','b'], [1,2])),
arrayExists(x -> x > 2, [1,2,3]),
arrayAll(x -> x > 2, [1,2,3]);

-- name: functions 36
SELECT
arrayCount(x -> x > 1, [1,2,3]),
arraySum([1,2,3]),
arraySum(x -> x * x, [1,2,3]),
arrayAvg([1,2]),
arrayMin([3,1]),
arrayMax(x -> -x, [3,1]),
arrayFirst(x -> x > 1, [1,2,3]),
arrayFirst(x -> x > 9, [1,2,3]);

-- name: functions 37
SELECT
arrayLast(x -> x > 1, [1,2,3]),
arrayFirstIndex(x -> x > 1, [1,2,3]),
toString(arrayZip([1,2], ['a','b'])),
toString(arrayFlatten([[1],[2,3]])),
toString(arrayDifference([1,3,6])),
toString(arrayCumSum([1,2,3])),
toString(range(3)),
toString(range(1, 5, 2));

-- name: functions 38
SELECT
toString(arrayWithConstant(2, 'x')),
toString(arrayIntersect([1,2,3], [3,2])),
toString(arrayMap(x -> arrayMap(y -> x * y, [1,2]), [3,4])),
length(arrayMap(x -> x, range(5))),
arrayProduct([2,3]),
multiSearchAny('hello', ['zz','ll']),
toString(alphaTokens('ab1cd')),
countSubstrings('aaaa', 'aa');

-- name: functions 39
SELECT
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 10 SECOND),
toString(toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 1 DAY, 'Asia/Kolkata')),
cityHash64(''),
cityHash64('a'),
cityHash64('abc'),
cityHash64('abcd'),
cityHash64('abcdefghi'),
cityHash64('abcdefghijklmnopqrst');

-- name: functions 40
SELECT
cityHash64('abcdefghijklmnopqrstuvwxyzabcdefghijklmnop'),
cityHash64('abcdefghijklmnopqrstuvwxyzabcdefghijklmnopabcdefghijklmnopqrstuvwxyzabcdefghijklmnop'),
cityHash64(repeat('xyz1', 32)),
cityHash64('a', 'b'),
cityHash64('user_1') % 100,
xxHash64('hello'),
hex('aÿ'),
base64Encode('hello');

-- name: functions 41
SELECT
base64Decode('aGVsbG8='),
domain('https://user@www.example.com:80/a/b?x=1&y=2#f'),
domainWithoutWWW('https://www.example.com/a'),
topLevelDomain('https://www.example.com/a'),
path('https://www.example.com/a/b?x=1#f'),
path('https://www.example.com'),
protocol('https://www.example.com'),
queryString('https://www.example.com/a?x=1&y=2#f');

-- name: functions 42
SELECT
fragment('https://www.example.com/a?x=1&y=2#f'),
cutQueryString('https://www.example.com/a?x=1&y=2#f'),
cutFragment('https://www.example.com/a?x=1&y=2#f'),
extractURLParameter('https://www.example.com/a?x=1&y=2#f', 'y'),
domain('example.com/a'),
path('/a/b?x'),
toInt32('999999999999'),
toInt8OrNull('300');

-- name: functions 43
SELECT
toUInt8OrNull('-1'),
toInt64OrNull(''),
toInt64OrNull(' 1'),
toInt64OrNull('+5'),
toFloat64OrNull('.5'),
toFloat64OrNull('1.'),
toFloat64OrNull('inf'),
toFloat64OrNull('0x10');

-- name: functions 44
SELECT
toDateOrNull('20260105'),
toDateTimeOrNull('abc'),
toDateTimeOrZero('abc'),
toDateOrZero('abc'),
toInt64(toDate('2026-01-01')),
toInt64(toDateTime('2026-01-01 00:00:01')),
toFloat64(toDecimal64('1.5', 2)),
toString(toDecimal64('1.50', 2));

-- name: functions 45
SELECT
toBool('no'),
substring('hello', 0),
substring('hello', 10),
substring('hello', -10, 7),
substring('hello', 2, -1),
position('', ''),
position('abc', ''),
position('abc', '', 4);

-- name: functions 46
SELECT
position('abc', '', 9),
toString(splitByString(',', '')),
toString(splitByChar(',', 'a,b,c', 2)),
toString(splitByString(', ', 'a, b, c')),
leftPad('abc', 2),
leftPad('abc', 7, 'xy'),
rightPad('abc', 7, 'xy'),
repeat('a', -1);

-- name: functions 47
SELECT
repeat('a', 0),
trimRight('abc  '),
trimLeft('xxabc', 'x'),
toString(extractAll('k1=v1,k2=v2', '(\\w+)=(\\w+)')),
toString(extractGroups('hello world', '(\\w+) (\\w+)')),
extract('hello', 'z'),
match('abc', '^b'),
match('héllo', 'h.llo');

-- name: functions 48
SELECT
match('abc', ''),
extract('aaa', 'a{2}'),
extract('foobar', 'o+?'),
extract('2026-01-05', '^(\\d{4})-(?:\\d{2})'),
replaceRegexpAll('a.b.c', '\\.', ''),
replaceRegexpOne('2026-01-05', '(\\d+)-(\\d+)', '\\2/\\1'),
replaceRegexpAll('Hello', '[[:upper:]]', '<\\0>'),
replaceRegexpAll('hello', '^', '>');

-- name: functions 49
SELECT
replaceRegexpAll('hello', '$', '<'),
replaceRegexpAll('hello', 'l*', 'X'),
toString(splitByRegexp('', 'abc')),
toString(splitByRegexp('x', '')),
match('a\nb', '^b'),
match('a\nb', '(?m)^b'),
extract('price: 12.50 EUR', '([0-9.]+) (EUR|USD)'),
arrayStringConcat([1,2,3], ',');

-- name: functions 50
SELECT
arrayStringConcat(['a', NULL, 'b'], ','),
round(0.5),
round(1.5),
round(-2.5),
round(2.345, 2),
round(toDecimal64('2.345', 3), 2),
floor(-12.34, 1),
ceil(-12.34, 1);

-- name: functions 51
SELECT
round(15, -1),
round(25, -1),
floor(15, -1),
ceil(11, -1),
trunc(15, -1),
intDiv(-7, 2),
intDiv(7, 2.5),
-7 % -3;

-- name: functions 52
SELECT
7.5 % 2,
5 / 2,
6 / 2,
exp2(3),
exp10(2),
log(10),
sin(1),
atan2(1, 2);

-- name: functions 53
SELECT
hypot(3, 4),
degrees(pi()),
max2(1, 2),
bitTest(5, 1),
greatest(1, 2.5),
least(toDate('2026-01-01'), toDate('2025-01-01')),
age('year', toDate('2024-02-29'), toDate('2025-02-28')),
age('month', toDateTime('2026-01-15 10:00:00'), toDateTime('2026-02-15 09:00:00'));

-- name: functions 54
SELECT
age('week', toDate('2026-01-01'), toDate('2026-01-15')),
age('day', toDate('2026-01-10'), toDate('2026-01-01')),
dateDiff('quarter', toDate('2026-03-31'), toDate('2026-04-01')),
dateDiff('minute', toDateTime('2026-01-01 00:00:59'), toDateTime('2026-01-01 00:01:00')),
dateDiff('week', toDate('2026-01-11'), toDate('2026-01-04')),
dateDiff('day', toDateTime('2026-01-01 22:30:00'), toDateTime('2026-01-01 23:30:00'), 'Europe/Berlin'),
dateDiff('hour', toDate('2026-01-01'), toDateTime('2026-01-01 05:59:00')),
date_trunc('week', toDate('2026-03-29'));

-- name: functions 55
SELECT
date_trunc('year', toDateTime('2026-03-29 10:17:33')),
date_trunc('day', toDateTime('2026-03-29 10:17:33')),
date_trunc('quarter', toDateTime('2026-03-29 10:17:33')),
date_trunc('minute', toDateTime('2026-03-29 10:17:33')),
addWeeks(toDate('2026-01-31'), 1),
addQuarters(toDate('2026-11-30'), 1),
addSeconds(toDateTime('2026-01-31 10:00:00'), 61),
subtractMonths(toDateTime('2026-03-31 10:00:00'), 1);

-- name: functions 56
SELECT
addMinutes(toDateTime('2026-01-31 10:00:00'), -5),
toString(addDays(toDateTime('2026-03-28 12:00:00', 'Europe/Berlin'), 1)),
toString(toStartOfHour(toDateTime('2026-03-28 12:34:00', 'Asia/Kolkata'))),
toStartOfMonth(toDateTime('2026-01-31 23:30:00'), 'Europe/Berlin'),
toDayOfWeek(toDateTime('2026-01-31 23:30:00'), 0, 'Europe/Berlin'),
formatDateTime(toDateTime('2026-01-31 23:30:00'), '%H:%i %z', 'Europe/Berlin'),
formatDateTime(toDateTime64('2026-01-31 23:30:00.123', 3), '%f'),
toMillisecond(toDateTime64('2026-01-31 23:30:00.123', 3));

-- name: functions 57
SELECT
toSecond(toDateTime('2026-01-31 23:30:05')),
toUnixTimestamp('2026-01-01 00:00:00'),
toUnixTimestamp(toDate('2026-01-01')),
parseDateTimeBestEffort('2026-01-01 10:00:00.5'),
parseDateTimeBestEffort('1767225600'),
parseDateTimeBestEffort('2026-01-01'),
JSONExtract('{"a":{"x":1}}', 'a', 'x', 'Float64'),
JSONExtract('{"a":"x"}', 'a', 'Int64');

-- name: functions 58
SELECT
toString(JSONExtract('{"a":["x","y"]}', 'a', 'Array(String)')),
toString(JSONExtract('{"a":[1,"y"]}', 'a', 'Array(Nullable(Int64))')),
JSONExtractString('{"a":null}', 'a'),
JSONExtractString('{"a":1.50}', 'a'),
JSONExtractRaw('{"a":1.50}', 'a'),
JSONExtractInt('{"a":1.9}', 'a'),
JSONExtractInt('{"a":true}', 'a'),
JSONExtractUInt('{"a":-1}', 'a');

-- name: functions 59
SELECT
JSONExtractBool('{"a":1}', 'a'),
JSONExtractFloat('{"a":"1.5"}', 'a'),
JSONExtractString('bad', 'a'),
JSONExtractString('["x","y"]', 2),
JSONLength('bad'),
JSON_VALUE('{"a":"x"}', '$.b'),
JSON_VALUE('{"a":true}', '$.a'),
simpleJSONExtractString('{"a":"x"}', 'a');

-- name: functions 60
SELECT
simpleJSONExtractRaw('{"a":{"b":1}}', 'a'),
toString(JSONExtractKeys('{"a":{"b":1,"c":2}}', 'a')),
isValidJSON('5'),
toString(arraySlice([1,2,3,4], 2)),
toString(arraySlice([1,2,3,4], 1, -1)),
toString(arraySlice([1,2,3,4], 0, 2)),
arrayFirst(x -> x = 'q', ['a']),
arrayMin(['b','a']);

-- name: functions 61
SELECT
arrayMax([1.5, 2]),
arraySum([1.5, 2]),
arrayAvg([1,2,4]),
toString(arraySort(['b','a','c'])),
toString(arrayReverseSort(x -> x % 3, [1,2,3,4])),
toString(arraySort([3,NULL,1])),
has(['a', NULL], NULL),
has([1,2], NULL);

-- name: functions 62
SELECT
indexOf([1,2], 5),
arrayUniq([1,1,NULL]),
toString(arrayDistinct([1,NULL,1,NULL])),
toString(arrayMap(x -> (x, x * 2), [1,2])),
toString(arrayMap(x -> concat(x, '!'), ['a','b'])),
toString(arrayFilter(x -> x LIKE 'a%', ['ab','b'])),
arrayCount([1,0,1]),
arrayExists(x -> x IN (1, 2), [2,5]);

-- name: functions 63
SELECT
toString(arrayConcat([1],[NULL])),
toString(arrayCumSum([1.5,2])),
toString(arrayDifference([5,3])),
toString(range(0)),
toString(range(5, 1)),
toString(arrayFlatten([[[1]],[[2],[3]]])),
empty([]),
length([]);

-- name: functions 64
SELECT
arrayElement(['a','b'], 1),
tupleElement(('a', 2), 2),
hasAll([1,2,3], []),
hasAny([], [1]),
toString(arrayIntersect([1,2,2], [2])),
toString(arrayPopFront([1,2,3])),
toString(arrayWithConstant(3, 1)),
toString(arrayEnumerate([5,6]));

-- name: functions 65
SELECT
toString(arrayZip([1],[2],[3])),
arrayLastIndex(x -> x > 1, [1,2,3]),
toString([toDate('2026-01-01')]),
toString((1, NULL, 'it''s')),
toString(CAST((1, 'a') AS Tuple(String, String))),
CAST('b' AS Enum8('a' = 1, 'b' = 2)),
CAST(NULL AS Nullable(Int64)),
ifNotFinite(1.5, 2);

-- name: functions 66
SELECT
isNaN(1.5),
multiIf(NULL, 1, 2),
if(NULL, 1, 2),
toLastDayOfMonth(toDateTime('2024-02-10 10:00:00')),
toYear(toDate('2026-01-01')) + toMonth(toDate('2026-01-01')),
least(1, NULL),
greatest(NULL, 3, 1),
nullIf('a', 'b');

-- name: functions 67
SELECT
concat('a', NULL),
xor(1, 1, 1),
1 = 1 AND length('a'),
if(1.5 > 1, 1, 0) + (2 > 1),
cityHash64('user_2') % 100,
cityHash64('user_3') % 7,
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 3 WEEK),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 7 MINUTE);

-- name: functions 68
SELECT
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 7 SECOND),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 3 DAY),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 7 MONTH),
toStartOfInterval(toDateTime('2026-03-29 10:17:33'), INTERVAL 3 QUARTER),
toUInt8OrZero('-1');

-- name: functions 69
SELECT
formatReadableSize(1152), formatReadableSize(1.005), formatReadableSize(0.125), formatReadableSize(-0.001), formatReadableSize(0), formatReadableSize(1e30), formatReadableSize(NULL),
formatReadableDecimalSize(999999), formatReadableDecimalSize(1e30), formatReadableQuantity(1125), formatReadableQuantity(1e36), formatReadableQuantity(1e70),
formatReadableTimeDelta(0), formatReadableTimeDelta(0.5), formatReadableTimeDelta(-90061), formatReadableTimeDelta(1e15), formatReadableTimeDelta(1e30, 'years'),
formatReadableTimeDelta(0.5, 'years', 'milliseconds'), formatReadableTimeDelta(0, 'nanoseconds'), formatReadableTimeDelta(5, 'years', 'years'), formatReadableTimeDelta(1.123456789, 'seconds', 'nanoseconds'), formatReadableTimeDelta(61, 'minutes', 'minutes'),
bar(5, 10, 0, 10), bar(5, 5, 5, 10), bar(0.7, 0, 1, 10), bar(1e300, 0, 1, 10), bar(5, 0, 10, 1000), bar(5, 0, 10, NULL),
hex(MD5('')), hex(MD5('ä')), sipHash64(''), sipHash64('12345678'), sipHash64(NULL), xxHash64('a', 'b'),
and(1, 0), or(NULL, 1), and(NULL, 0), and(1, 1, 0) + or(0, 1), not(2) = 1;
