"""Asks evt and ClickHouse (chdb) the same random questions about the same random logs.

`make fuzz-sql QUERIES=10000` makes the environment and runs this. Each question is a SELECT from a
grammar: expressions of every type, groups, sub-queries, joins, windows, unions. The first answers that
differ end the run with the seed, the question and both answers; --keep goes on and counts.
What is meant to differ is not asked for: evt-sql(7), DIFFERENCES.
"""

import argparse
import json
import math
import random
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

EVT = Path(__file__).resolve().parent.parent / ".build" / "release" / "evt"
NOW = "2026-03-05T12:34:56Z"
COLUMNS = {
    "event": "text", "user_id": "text", "country": "text", "page": "text",
    "n": "int", "m": "int", "amount": "float", "flag": "bool", "timestamp": "time",
}
SCHEMA = ("event String, timestamp DateTime64(3, 'UTC'), user_id Nullable(String),"
          " country Nullable(String), page Nullable(String), n Nullable(Int64), m Nullable(Int64),"
          " amount Nullable(Float64), flag Nullable(Bool)")
WORDS = ["a", "b", "buy", "view", "cart", "de", "DE", "Fr", "", "x y", "/p/1", "/p/22", "ä", "10", "a%b"]
EVENTS = ["view", "cart", "buy", "error"]
SETTINGS = ("SETTINGS session_timezone = 'UTC', join_use_nulls = 1, output_format_json_quote_64bit_integers"
            " = 0, output_format_json_quote_denormals = 0, date_time_output_format = 'simple',"
            # Some orders WITH FILL make the server take all there is.
            " max_memory_usage = 4000000000")


class Log:
    """Random events, as lines of JSON."""

    def __init__(self, rng):
        start = datetime(2026, 3, 1, tzinfo=timezone.utc)
        self.rows = []
        for _ in range(rng.choice([1, 5, 40, 200])):
            at = start + timedelta(milliseconds=rng.randrange(4 * 86_400_000))
            if rng.random() < 0.2:
                at = at.replace(minute=0, second=0, microsecond=0)
            row = {"event": rng.choice(EVENTS), "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"}
            for name, make in [
                ("user_id", lambda: "u" + str(rng.randrange(6))),
                ("country", lambda: rng.choice(["DE", "FR", "US", ""])),
                ("page", lambda: rng.choice(WORDS)),
                ("n", lambda: rng.randrange(-5, 20)), ("m", lambda: rng.randrange(0, 4)),
                ("amount", lambda: rng.randrange(-8, 400) / 4), ("flag", lambda: rng.random() < 0.5),
            ]:
                if rng.random() < 0.8:
                    row[name] = make()
            self.rows.append(row)
        # Every event and field is there, so that no name is unknown.
        self.rows += [{"event": event, "timestamp": "2026-03-01T00:00:00.000Z", "user_id": "u0",
                       "country": "DE", "page": "a", "n": 1, "m": 1, "amount": 0.5, "flag": True}
                      for event in EVENTS]


class Grammar:
    """Random SELECTs over the columns of a scope."""

    def __init__(self, rng):
        self.rng = rng

    def pick(self, choices):
        return self.rng.choice(choices)

    # Expressions

    def column(self, scope, kind):
        names = [name for name, of in scope.items() if of == kind]
        return self.pick(names) if names else None

    def constant(self, kind):
        rng = self.rng
        if kind == "int":
            return str(rng.randrange(-3, 12))
        if kind == "float":
            return str(rng.randrange(-8, 80) / 4)
        if kind == "text":
            return "'" + self.pick(WORDS) + "'"
        if kind == "bool":
            return self.pick(["true", "false"])
        if kind == "date":
            return f"toDate('2026-03-0{rng.randrange(1, 6)}')"
        return f"toDateTime('2026-03-0{rng.randrange(1, 6)} {rng.randrange(24):02}:00:00')"

    def expression(self, scope, kind, depth):
        rng = self.rng
        if kind == "cond":
            return self.condition(scope, depth)
        name = self.column(scope, kind)
        if depth <= 0 or rng.random() < 0.25:
            return name if name and rng.random() < 0.8 else self.constant(kind)
        sub = lambda of: self.expression(scope, of, depth - 1)
        if rng.random() < 0.12:
            # Branches of several types of numbers make a Variant there, in which 0 is not 0.
            typed = {"int": "toInt64({})", "float": "toFloat64({})"}.get(kind, "{}")
            branch = lambda: typed.format(sub(kind))
            return self.pick([
                lambda: f"if({sub('cond')}, {branch()}, {branch()})",
                lambda: f"coalesce({branch()}, {branch()})",
                lambda: f"CASE WHEN {sub('cond')} THEN {branch()} WHEN {sub('cond')} THEN {branch()} ELSE {branch()} END",
                lambda: f"multiIf({sub('cond')}, {branch()}, {branch()})",
                lambda: f"nullIf({sub(kind)}, {self.constant(kind)})",
                lambda: f"ifNull({branch()}, {typed.format(self.constant(kind))})",
            ])() if kind != "bool" else sub(kind)
        if kind == "int":
            return self.pick([
                lambda: f"({sub('int')} {self.pick('+-*')} {sub('int')})",
                lambda: f"length({sub('text')})", lambda: f"toHour({sub('time')})",
                lambda: f"toDayOfWeek({sub('time')})", lambda: f"abs({sub('int')})",
                lambda: f"({sub('int')} % {rng.randrange(2, 7)})", lambda: f"-({sub('int')})",
                lambda: f"position({sub('text')}, {self.constant('text')})",
                lambda: f"toMinute({sub('time')})", lambda: f"toYear({sub('time')})",
                lambda: f"dateDiff('{self.pick(['day', 'hour', 'minute'])}', {sub('time')}, {sub('time')})",
                lambda: f"intDiv({sub('int')}, {rng.randrange(2, 7)})",
                lambda: f"greatest({sub('int')}, {self.constant('int')})",
                lambda: f"toMonth({sub('time')})",
            ])()
        if kind == "float":
            # Zero has one sign here, and two in ClickHouse: adding 0 leaves one.
            return "({} + 0)".format(self.pick([
                lambda: f"({sub('float')} {self.pick('+-*')} {sub(self.pick(['int', 'float']))})",
                lambda: f"({sub('int')} / {rng.randrange(2, 7)})", lambda: f"abs({sub('float')})",
                lambda: f"round({sub('float')}, 1)", lambda: f"floor({sub('float')})",
                lambda: f"({sub('float')} / nullIf({sub('int')}, 0))",
                lambda: f"ceil({sub('float')})", lambda: f"toFloat64({sub('int')})",
            ])())
        if kind == "text":
            return self.pick([
                lambda: f"lower({sub('text')})", lambda: f"upper({sub('text')})",
                lambda: f"concat({sub('text')}, {sub('text')})", lambda: f"({sub('text')} || '-')",
                lambda: f"substring({sub('text')}, {rng.randrange(1, 4)}, {rng.randrange(0, 4)})",
                lambda: f"toString({sub('int')})",
                lambda: f"replaceAll({sub('text')}, 'a', 'b')",
                lambda: f"toString(toDate({sub('time')}))",
            ])()
        if kind == "time":
            return self.pick([
                lambda: f"toStartOfHour({sub('time')})", lambda: f"toStartOfDay({sub('time')})",
                lambda: f"toStartOfFifteenMinutes({sub('time')})",
                lambda: f"({sub('time')} {self.pick('+-')} INTERVAL {rng.randrange(1, 40)} {self.pick(['MINUTE', 'HOUR', 'DAY', 'WEEK'])})",
                lambda: f"toStartOfInterval({sub('time')}, INTERVAL {self.pick(['15 MINUTE', '2 HOUR', '30 MINUTE'])})",
                lambda: f"toDateTime({sub('time')})",
            ])()
        if kind == "date":
            return self.pick([
                lambda: f"toDate({sub('time')})", lambda: f"toMonday({sub('time')})",
                lambda: f"toStartOfMonth({sub('time')})", lambda: f"toStartOfWeek({sub('time')})",
                lambda: f"(toDate({sub('time')}) + INTERVAL {rng.randrange(1, 40)} {self.pick(['DAY', 'MONTH', 'WEEK'])})",
            ])()
        return name or self.constant("bool")

    def condition(self, scope, depth):
        rng = self.rng
        sub = lambda of: self.expression(scope, of, depth - 1)
        if depth <= 0:
            kind = self.pick(["int", "text", "float"])
            return f"{sub(kind)} {self.pick(['=', '!=', '<', '>=', '>', '<='])} {self.constant(kind)}"
        return self.pick([
            lambda: f"({self.condition(scope, depth - 1)} {self.pick(['AND', 'OR'])} {self.condition(scope, depth - 1)})",
            lambda: f"NOT ({self.condition(scope, depth - 1)})",
            lambda: (lambda of: f"{sub(of)} {self.pick(['=', '!=', '<', '>', '<=', '>='])} {sub(of)}")(self.pick(["int", "float", "text", "date"])),
            lambda: f"{sub(self.pick(['int', 'text', 'float']))} IS {self.pick(['', 'NOT '])}NULL",
            lambda: f"{sub('text')} {self.pick(['', 'NOT '])}IN ({', '.join(self.constant('text') for _ in range(rng.randrange(1, 4)))})",
            lambda: f"{sub('int')} {self.pick(['', 'NOT '])}IN ({', '.join(self.constant('int') for _ in range(rng.randrange(1, 4)))})",
            lambda: f"{sub('int')} {self.pick(['', 'NOT '])}BETWEEN {self.constant('int')} AND {self.constant('int')}",
            lambda: f"{sub('text')} {self.pick(['LIKE', 'ILIKE', 'NOT LIKE'])} '{self.pick(['%a%', 'a_%', '%', '_', 'D%', '/p/%'])}'",
            lambda: f"startsWith({sub('text')}, {self.constant('text')})",
            lambda: f"{sub('time')} {self.pick(['>=', '<'])} {self.constant('time')}",
            lambda: f"event = '{self.pick(EVENTS)}'" if "event" in scope else self.condition(scope, depth - 1),
            lambda: f"flag" if scope.get("flag") == "bool" else self.condition(scope, depth - 1),
            lambda: f"empty({sub('text')})",
        ])()

    # Aggregates

    def aggregate(self, scope, depth):
        """An aggregate and its kind; arguments are nullable, so that nothing gives null in both."""
        sub = lambda of: f"toNullable({self.expression(scope, of, depth)})"
        number = self.pick(["int", "float"])
        text, kind = self.pick([
            lambda: ("count()", "int"), lambda: (f"count({sub(self.pick(['int', 'text']))})", "int"),
            lambda: (f"sum({sub(number)})", number), lambda: (f"avg({sub(number)})", "float"),
            lambda: (f"min({sub(number)})", number), lambda: (f"max({sub(number)})", number),
            lambda: (f"max({sub('text')})", "text"), lambda: (f"min({sub('time')})", "time"),
            lambda: (f"uniqExact({sub(self.pick(['int', 'text']))})", "int"),
            lambda: (f"count(DISTINCT {sub('text')})", "int"),
            lambda: (f"quantileExactInclusive({self.pick(['0.5', '0.9', '0.25'])})({sub(number)})", "float"),
            lambda: (f"quantileExact({self.pick(['0.5', '0.9'])})({sub(number)})", number),
            lambda: (f"length(groupArray({sub('text')}))", "int"),
            lambda: (f"arrayStringConcat(arraySort(groupUniqArray({sub('text')})), ',')", "text"),
            lambda: (f"stddevPop({sub('int')})", "float"), lambda: (f"varPop({sub('int')})", "float"),
            lambda: (f"sumIf({sub(number)}, {self.condition(scope, depth)})", number),
            lambda: (f"countIf({self.condition(scope, depth)})", "int"),
            lambda: (f"maxIf({sub(number)}, {self.condition(scope, depth)})", number),
            lambda: (f"avgIf({sub(number)}, {self.condition(scope, depth)})", "float"),
            lambda: (f"uniqExactIf({sub('text')}, {self.condition(scope, depth)})", "int"),
            lambda: (f"sumDistinct({sub('int')})", "int"),
            lambda: (f"sumOrNull({sub('int')})", "int"),
            lambda: (self.funnel() if "timestamp" in scope else "count()", "int"),
            lambda: (self.map_aggregate() if "page" in scope else "max(toNullable('a'))", "text"),
        ])()
        return text, kind

    def funnel(self):
        modes = self.pick([[], ["allow_reentry"], ["strict_once", "allow_reentry"],
                           ["strict_increase", "allow_reentry"], ["strict_deduplication", "allow_reentry"]])
        if modes:
            modes = ["strict_order"] + modes
        named = "".join(f", '{mode}'" for mode in modes)
        # A row with a condition that is null is left out there.
        steps = ", ".join(self.pick([f"{name} = '{event}'" for event in EVENTS] + [f"ifNull(m, 0) = {self.rng.randrange(4)}"])
                          for name in ["event"] * self.rng.randrange(2, 5))
        return f"windowFunnel({self.pick([3600, 90000, 900000])}{named})(toDateTime(timestamp), {steps})"

    def map_aggregate(self):
        """A text of a map; values are never null, since zeros stay there otherwise."""
        keys = self.pick(["[ifNull(page, '-')]", "[event]", "[event, 'all']", "[ifNull(country, 'x'), event]"])
        value = lambda: self.pick(["toInt64(1)", "ifNull(n, 3)", "ifNull(m, 0)"])
        count = 2 if keys in ("[event, 'all']", "[ifNull(country, 'x'), event]") else 1
        values = ", ".join(value() for _ in range(count))
        name = self.pick(["sumMap", "minMap", "maxMap", "sumMapWithOverflow"])
        return f"toString({name}({keys}, [{values}]))"

    # Queries: each returns the text and the columns it gives, by name.

    def source(self, depth):
        """What stands behind FROM, and the columns it has."""
        roll = self.rng.random()
        if depth <= 0 or roll < 0.6:
            return "events", dict(COLUMNS)
        if roll < 0.85:
            text, columns = self.query(depth - 1)
            return f"({text})", columns
        if roll < 0.95:
            return self.join(depth - 1)
        first, columns = self.plain(depth - 1, order=False, exact=True)
        text, _ = self.plain(depth - 1, order=False, kinds=list(columns.values()), exact=True)
        return f"({first} UNION ALL {text})", columns

    def join(self, depth):
        left = {f"a.{name}": kind for name, kind in COLUMNS.items()}
        inner, columns = self.grouped(depth, key="user_id")
        if self.rng.random() < 0.4:
            inner, columns = "events", dict(COLUMNS)
        else:
            inner = f"({inner})"
        right = {f"b.{name}": kind for name, kind in columns.items()}
        kind = self.pick(["JOIN", "LEFT JOIN", "INNER JOIN"])
        more = ""
        if inner == "events":
            more = self.pick(["", " AND b.timestamp > a.timestamp", " AND b.event = 'buy'"])
        return f"events AS a {kind} {inner} AS b ON a.user_id = b.user_id{more}", {**left, **right}

    def where(self, scope):
        return f" WHERE {self.condition(scope, 2)}" if self.rng.random() < 0.5 else ""

    def end(self, names, order):
        if not order or self.rng.random() < 0.4:
            return ""
        keys = list(names)
        self.rng.shuffle(keys)
        text = " ORDER BY " + ", ".join(
            key + self.pick(["", " ASC", " DESC", " DESC NULLS FIRST", " NULLS FIRST"]) for key in keys)
        if self.rng.random() < 0.5:
            text += f" LIMIT {self.rng.randrange(0, 9)}"
            if self.rng.random() < 0.3:
                text += f" OFFSET {self.rng.randrange(0, 4)}"
        return text

    def plain(self, depth, order=True, kinds=None, exact=False):
        source, scope = self.source(depth)
        kinds = kinds or [self.pick(["int", "float", "text", "time", "date"]) for _ in range(self.rng.randrange(1, 4))]
        columns = {f"c{self.fresh()}": kind for kind in kinds}
        # Columns of unions have types, which differ within the numbers.
        typed = {"int": "toInt64", "float": "toFloat64"} if exact else {}
        items = [f"{typed.get(kind, '')}({self.expression(scope, kind, 3)}) AS {name}"
                 for name, kind in columns.items()]
        distinct = "DISTINCT " if self.rng.random() < 0.15 else ""
        return (f"SELECT {distinct}{', '.join(items)} FROM {source}{self.where(scope)}"
                f"{self.end(columns, order)}"), columns

    def grouped(self, depth, key=None, order=True):
        source, scope = self.source(depth) if key is None else ("events", dict(COLUMNS))
        columns, keys, items = {}, [], []
        if key:
            columns[key] = scope[key]
            keys.append(key)
            items.append(key)
        for _ in range(self.rng.randrange(0, 3) if not key else 0):
            kind = self.pick(["int", "text", "date", "time"])
            name = f"c{self.fresh()}"
            columns[name] = kind
            keys.append(name)
            items.append(f"{self.expression(scope, kind, 2)} AS {name}")
        for _ in range(self.rng.randrange(1, 4)):
            text, kind = self.aggregate(scope, 1)
            name = f"c{self.fresh()}"
            columns[name] = kind
            items.append(f"{text} AS {name}")
        group = f" GROUP BY {', '.join(keys)}" if keys else ""
        having = ""
        if keys and self.rng.random() < 0.2:
            having = f" HAVING count() > {self.rng.randrange(0, 4)}"
        return (f"SELECT {', '.join(items)} FROM {source}{self.where(scope)}{group}{having}"
                f"{self.end(columns, order)}"), columns

    def windowed(self, depth):
        source, scope = "events", dict(COLUMNS)
        base = "n AS x, event AS e, toStartOfHour(timestamp) AS t"
        window = self.pick(["", "PARTITION BY e ", "PARTITION BY toDate(t) "])
        ranked = window + "ORDER BY x, e, t"
        frame = self.pick(["", " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW",
                           " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
                           " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING"])
        # What stands next to nulls in a frame of distances differs: evt-sql(7).
        near = window + f"ORDER BY ifNull(x, 0){self.pick(['', ' DESC'])} RANGE BETWEEN " + self.pick([
            "2 PRECEDING AND CURRENT ROW", "1 PRECEDING AND 3 FOLLOWING", "UNBOUNDED PRECEDING AND 1 FOLLOWING",
            "4 PRECEDING AND 1 PRECEDING", "1 FOLLOWING AND UNBOUNDED FOLLOWING", "CURRENT ROW AND 2 FOLLOWING"])
        later = window + "ORDER BY t RANGE BETWEEN " + self.pick([
            "3600 PRECEDING AND CURRENT ROW", "86400 PRECEDING AND 7200 FOLLOWING"])
        function = self.pick([
            f"sum(x) OVER ({window})", f"count() OVER ({window})", f"sum(x) OVER ({ranked})",
            f"rank() OVER ({ranked})", f"dense_rank() OVER ({ranked})", f"max(x) OVER ({ranked}{frame})",
            f"avg(x) OVER ({window})", f"count(x) OVER ({ranked}{frame})",
            f"uniqExact(e) OVER ({window})", f"count() OVER ({near})", f"sum(x) OVER ({near})",
            f"uniqExact(e) OVER ({later})", f"count(x) OVER ({later})",
        ])
        columns = {"x": "int", "e": "text", "t": "time", "w": "float"}
        return (f"SELECT x, e, t, {function} AS w FROM (SELECT DISTINCT {base} FROM {source}{self.where(scope)})"
                f"{self.end(columns, True)}"), columns

    def arrays(self, depth):
        """Rows of items: arrayJoin, and ARRAY JOIN behind the table."""
        scope = dict(COLUMNS)
        kind = self.pick(["int", "text"])
        item = lambda: f"assumeNotNull(ifNull({self.expression(scope, kind, 1)}, {'0' if kind == 'int' else repr('')}))"
        typed = "Array(Int64)" if kind == "int" else "Array(String)"
        array = self.pick([
            lambda: f"[{', '.join(item() for _ in range(self.rng.randrange(1, 4)))}]",
            lambda: f"arrayFilter(x -> x != {self.constant(kind)}, [{item()}, {item()}])",
        ])()
        array = f"CAST({array}, '{typed}')"
        columns = {"i": kind, "e": "text", "k": "int"}
        if self.rng.random() < 0.5:
            left = "" if "arrayFilter" in array else self.pick(["", "LEFT "])
            tables = f"events {left}ARRAY JOIN {array} AS i, arrayEnumerate({array}) AS k"
            shown = "i, event AS e, k"
        else:
            tables = "events"
            shown = f"arrayJoin({array}) AS i, event AS e, arrayJoin([toInt64(1), 2]) AS k"
        if "(" in shown and self.rng.random() < 0.5:
            where = f" WHERE i {self.pick(['=', '!=', '<'])} {self.constant(kind)}" if kind == "int" else ""
        else:
            where = self.where({**scope, "i": kind, "k": "int"})
        if self.rng.random() < 0.4:
            text = f"SELECT i, k, count() AS c, uniqExact(e) AS d FROM (SELECT {shown} FROM {tables}{where}) GROUP BY i, k"
            return text, {"i": kind, "k": "int", "c": "int", "d": "int"}
        return f"SELECT {shown} FROM {tables}{where}{self.end(columns, True)}", columns

    def sets(self, depth):
        """Groups by some of the keys."""
        keys = self.rng.sample(["event", "country", "m", "flag", "toHour(timestamp) AS h"], self.rng.randrange(1, 4))
        names = [key.split(" AS ")[-1] for key in keys]
        listed = ", ".join(names)
        group = self.pick([
            lambda: f"{listed} WITH ROLLUP", lambda: f"{listed} WITH CUBE", lambda: f"ROLLUP({listed})",
            lambda: f"CUBE({listed})",
            lambda: "GROUPING SETS (" + ", ".join(
                f"({', '.join(self.rng.sample(names, self.rng.randrange(0, len(names) + 1)))})" for _ in range(3))
            + f", ({listed}))",
        ])()
        kinds = {"event": "text", "country": "text", "m": "int", "flag": "bool", "h": "int"}
        columns = {name: kinds[name] for name in names}
        items = list(keys)
        for _ in range(self.rng.randrange(1, 3)):
            text, kind = self.aggregate(dict(COLUMNS), 1)
            name = f"c{self.fresh()}"
            columns[name] = kind
            items.append(f"{text} AS {name}")
        columns["g"] = "int"
        items.append(f"grouping({', '.join(self.rng.sample(names, self.rng.randrange(1, len(names) + 1)))}) AS g")
        having = f" HAVING count() > {self.rng.randrange(0, 4)}" if self.rng.random() < 0.2 else ""
        return (f"SELECT {', '.join(items)} FROM events{self.where(dict(COLUMNS))} GROUP BY {group}{having}"
                f"{self.end([name for name, kind in columns.items() if kind != 'float'], True)}"), columns

    def filled(self, depth):
        """Rows that are missing in an order."""
        kind, key, bounds, steps = self.pick([
            ("int", "toInt64(ifNull(n, 0))", ["-7", "3", "24"], ["1", "2", "5"]),
            ("int", "toHour(timestamp)", ["0", "5", "24"], ["1", "3"]),
            ("date", "assumeNotNull(toDate(timestamp))", ["toDate('2026-02-27')", "toDate('2026-03-03')", "toDate('2026-03-09')"],
             ["1", "2", "INTERVAL 1 DAY", "INTERVAL 1 WEEK", "INTERVAL 1 MONTH"]),
            ("time", "toStartOfHour(timestamp)", ["toDateTime('2026-02-28 20:00:00')", "toDateTime('2026-03-02 01:30:00')",
                                          "toDateTime('2026-03-05 02:00:00')"],
             ["7200", "INTERVAL 1 HOUR", "INTERVAL 5 HOUR", "INTERVAL 1 DAY"]),
        ])
        is_descending = self.rng.random() < 0.3
        step = self.pick(steps)
        low, high = sorted(self.rng.sample(range(len(bounds)), 2))
        first, last = (high, low) if is_descending else (low, high)
        fill = " WITH FILL"
        if self.rng.random() < 0.6:
            fill += f" FROM {bounds[first]}"
        if self.rng.random() < 0.6:
            fill += f" TO {bounds[last]}"
        if is_descending:
            step = re.sub(r"(\d+)", r"-\1", step)
        fill += f" STEP {step}"
        prefix = self.pick(["", "", "event"])
        shown = "event, " if prefix else ""
        text = (f"SELECT {shown}{key} AS k, count() AS c, 'x' AS s FROM events{self.where(dict(COLUMNS))}"
                f" GROUP BY {shown}k ORDER BY {shown}k{' DESC' if is_descending else ''}{fill}")
        if self.rng.random() < 0.3:
            text += f" LIMIT {self.rng.randrange(1, 30)}"
        return text, {"k": kind, "c": "int", "s": "text"}

    def query(self, depth):
        self.level = getattr(self, "level", 0)
        return self.pick([
            self.plain, self.plain, self.grouped, self.grouped, self.grouped, self.windowed, self.windowed,
            self.arrays, self.sets, self.filled,
        ])(depth)

    def statement(self):
        self.count = 0
        roll = self.rng.random()
        if roll < 0.08:
            inner, columns = self.grouped(0, order=False)
            name, kind = self.pick(list(columns.items()))
            return f"WITH t AS ({inner}) SELECT count() AS n, max(toNullable({name})) AS x FROM t"
        if roll < 0.14:
            condition = self.condition(dict(COLUMNS), 1)
            return (f"SELECT event, count() AS c FROM events WHERE user_id {self.pick(['', 'NOT '])}IN"
                    f" (SELECT user_id FROM events WHERE {condition}) GROUP BY event")
        return self.query(2)[0]

    def fresh(self):
        self.count += 1
        return self.count


def normal(value):
    """A value in the one form that both engines' values have."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return None
        # What is left of sums that cancel out; they are exact here and not there.
        if abs(value) < 1e-12:
            return 0
        return int(value) if value.is_integer() and abs(value) < 1e15 else float(f"{value:.10g}")
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d[T ][\d:.]+Z?", value):
        text = value.replace("T", " ").rstrip("Z")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value


def key(row):
    return json.dumps(row, ensure_ascii=False)


def same(left, right, ordered):
    if not ordered:
        left, right = sorted(left, key=key), sorted(right, key=key)
    return left == right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="go on after a difference")
    parser.add_argument("--per-log", type=int, default=100)
    args = parser.parse_args()
    from chdb import session

    differences = refused = asked = 0
    failures = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        server = session.Session(str(folder / "chdb"))
        number = 0
        while asked < args.queries:
            number += 1
            rng = random.Random(args.seed * 1_000_003 + number)
            log = Log(rng)
            dump, store = folder / "log.ndjson", folder / f"store{number}"
            dump.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in log.rows))
            subprocess.run([EVT, "ingest", "--store", store, "-q", "--no-dedupe", dump], check=True)
            server.query("DROP TABLE IF EXISTS events")
            server.query(f"CREATE TABLE events ({SCHEMA}) ENGINE = MergeTree ORDER BY timestamp")
            server.query(f"INSERT INTO events SELECT * FROM file('{dump}', 'JSONEachRow', \"{SCHEMA}\")"
                         " SETTINGS date_time_input_format = 'best_effort'")
            for _ in range(min(args.per_log, args.queries - asked)):
                asked += 1
                sql = Grammar(rng).statement()
                try:
                    theirs = server.query(f"{sql} {SETTINGS}", "JSONCompact").bytes().decode()
                    theirs = json.loads(theirs)["data"]
                except Exception as error:  # what the server refuses says nothing of evt
                    refused += 1
                    if refused <= 3:
                        print(f"refused there: {sql}\n  {str(error)[:300]}", file=sys.stderr)
                    continue
                run = subprocess.run(
                    [EVT, "query", "--store", store, "--now", NOW, "-f", "json", "--allow-missing", "--threads",
                     str(rng.randrange(1, 3)), sql], capture_output=True, text=True)
                if run.returncode != 0:
                    differences += 1
                    reason = run.stderr.strip().split("\n")[0]
                    failures[reason[:60]] = failures.get(reason[:60], 0) + 1
                    print(f"log {number}: evt refuses\n  {sql}\n  {reason}")
                else:
                    ours = [list(row.values()) for row in json.loads(run.stdout)["data"]]
                    ordered = "ORDER BY" in sql.rsplit(")", 1)[-1]
                    ours = [normal(row) for row in ours]
                    theirs = [normal(row) for row in theirs]
                    if same(ours, theirs, ordered):
                        continue
                    differences += 1
                    failures["answers"] = failures.get("answers", 0) + 1
                    print(f"log {number}: answers differ\n  {sql}\n  evt        {key(ours)[:600]}\n"
                          f"  ClickHouse {key(theirs)[:600]}")
                if not args.keep:
                    sys.exit(1)
    print(f"{asked} questions (seed {args.seed}), {refused} refused by ClickHouse, {differences} differences")
    for reason, count in sorted(failures.items(), key=lambda item: -item[1])[:20]:
        print(f"  {count:5} {reason}")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
