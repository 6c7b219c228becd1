"""Loads one generated log into evt, ClickHouse and DuckDB and asks all three the same questions.

`make bench` makes a virtual environment with the peers (chdb and duckdb from PyPI) and runs this.
Everything is measured in one run on one machine: evt as whole processes, start-up included; the peers
inside a process that is already running, after a first run to warm up. What is asked of a dump is
asked in whole processes of all three: nobody starts a server for it. Answers are compared; a
difference ends the run with status 1. Times are medians, of --repeats runs of a question.
"""

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

LOADS = 3
HERE = Path(__file__).resolve().parent
# As make install leaves it: what the linker wrote piece by piece takes longer to start.
EVT = HERE.parent / ".build-bench" / "evt-installed"
EVENTS = "product_view", "add_to_cart", "checkout_started", "purchase"


def funnel_sql(steps, window_ms):
    conditions = ", ".join(f"event = '{step}'" for step in steps)
    levels = ", ".join(f"countIf(level >= {n + 1})" for n in range(len(steps)))
    return (
        f"SELECT {levels} FROM (SELECT user_id, windowFunnel({window_ms}, 'strict_once')"
        f"(toUInt64(toUnixTimestamp64Milli(timestamp)), {conditions}) AS level"
        " FROM events WHERE user_id != '' GROUP BY user_id)"
    )


def counts(steps):
    """A funnel's steps are rows here and columns there."""
    return [[step["count"] for step in steps]]


def cells(cohorts):
    """A row for each period in which somebody came back."""
    return [
        [cohort["cohort"], period, users]
        for cohort in cohorts
        for period, users in enumerate(cohort["retained"])
        if users
    ]


USERS = "uniqExactIf(user_id, user_id != '')"
DUCK_USERS = "count(DISTINCT user_id) FILTER (user_id != '')"


class Question:
    """The same question to each engine; None where an engine cannot be asked."""

    def __init__(self, name, evt, clickhouse, duckdb=None, must_ms=None, rows=None):
        self.name = name
        self.evt = evt
        self.clickhouse = clickhouse
        self.duckdb = duckdb
        self.must_ms = must_ms
        # Makes the peers' rows of the data of evt's JSON; None where each element is one.
        self.rows = rows or (lambda data: [list(row.values()) for row in data])


QUESTIONS = [
    Question(
        "count by event",
        ["query", "--by", "event"],
        "SELECT event, count() FROM events GROUP BY event",
        "SELECT event, count(*) FROM events GROUP BY event",
        10,
    ),
    Question(
        "events with users and sessions",
        ["query", "--by", "event", "--agg", "count,users,sessions"],
        f"SELECT event, count(), {USERS}, uniqExactIf(session_id, session_id != '')"
        " FROM events GROUP BY event",
        f"SELECT event, count(*), {DUCK_USERS}, count(DISTINCT session_id) FILTER (session_id != '')"
        " FROM events GROUP BY event",
        140,
    ),
    Question(
        "hourly trend of one event with users",
        ["query", "--event", "purchase", "--by", "hour", "--agg", "count,users"],
        f"SELECT toStartOfHour(timestamp), count(), {USERS}"
        " FROM events WHERE event = 'purchase' GROUP BY 1",
        f"SELECT date_trunc('hour', timestamp), count(*), {DUCK_USERS}"
        " FROM events WHERE event = 'purchase' GROUP BY 1",
        15,
    ),
    Question(
        "daily active users",
        ["query", "--by", "day", "--agg", "users"],
        f"SELECT toDate(timestamp), {USERS} FROM events GROUP BY 1",
        f"SELECT CAST(timestamp AS DATE), {DUCK_USERS} FROM events GROUP BY 1",
        12,
    ),
    Question(
        "funnel of 3 steps, 30 min",
        ["funnel", "product_view,add_to_cart,purchase", "--window", "30m"],
        funnel_sql(["product_view", "add_to_cart", "purchase"], 1_800_000),
        must_ms=40,
        rows=counts,
    ),
    Question(
        "funnel of 4 steps, 7 d",
        ["funnel", ",".join(EVENTS), "--window", "7d"],
        funnel_sql(EVENTS, 7 * 86_400_000),
        must_ms=60,
        rows=counts,
    ),
    Question(
        "breakdown by device with users",
        ["query", "--by", "context.device", "--agg", "count,users"],
        f"SELECT toString(context.device), count(), {USERS} FROM events GROUP BY 1",
        f"SELECT context.device, count(*), {DUCK_USERS} FROM events GROUP BY 1",
        50,
    ),
    Question(
        "sum and p95 of a number by currency",
        ["query", "--where", "total IS NOT NULL", "--by", "currency", "--agg", "sum:total,p95:total"],
        "SELECT toString(properties.currency), sum(toFloat64(properties.total)),"
        " quantileExactInclusive(0.95)(toFloat64(properties.total))"
        " FROM events WHERE properties.total IS NOT NULL GROUP BY 1",
        "SELECT properties.currency, sum(properties.total), quantile_cont(properties.total, 0.95)"
        " FROM events WHERE properties.total IS NOT NULL GROUP BY 1",
        25,
    ),
    Question(
        "country and device over 10 days, with users",
        ["query", "--where", "country = 'DE' AND device = 'mobile'", "--agg", "count,users"]
        + ["--since", "2025-01-05", "--until", "2025-01-15"],
        f"SELECT count(), {USERS} FROM events WHERE context.country = 'DE' AND context.device = 'mobile'"
        " AND timestamp >= '2025-01-05' AND timestamp < '2025-01-15'",
        f"SELECT count(*), {DUCK_USERS} FROM events WHERE context.country = 'DE'"
        " AND context.device = 'mobile' AND timestamp >= '2025-01-05' AND timestamp < '2025-01-15'",
        17,
    ),
    Question(
        "daily cohorts x days",
        ["cohort", "--every", "day", "--periods", "30"],
        "SELECT cohort, dateDiff('day', cohort, day), count() FROM (SELECT user_id,"
        " min(toDate(timestamp)) AS cohort, groupUniqArray(toDate(timestamp)) AS days FROM events"
        " WHERE user_id != '' GROUP BY user_id) ARRAY JOIN days AS day GROUP BY 1, 2",
        "SELECT cohort, day - cohort, count(*) FROM (SELECT day, min(day) OVER (PARTITION BY user_id)"
        " AS cohort FROM (SELECT DISTINCT user_id, CAST(timestamp AS DATE) AS day FROM events"
        " WHERE user_id != '')) GROUP BY 1, 2",
        30,
        rows=cells,
    ),
]


# Asked of the beginning of the log itself, which nobody has loaded.
DUMP_BYTES = 200_000_000
DUMP_ANSWERS = 7
DUMP = Question(
    "events with users, straight from 200 MB of the log, whole processes",
    ["query", "--by", "event", "--agg", "count,users"],
    f"SELECT event, count(), {USERS} FROM file('DUMP', 'JSONEachRow', 'event String, user_id String')"
    " GROUP BY event SETTINGS input_format_null_as_default = 1",
    f"SELECT event, count(*), {DUCK_USERS} FROM read_json('DUMP', format = 'newline_delimited')"
    " GROUP BY event",
)


def dump(corpus, folder):
    """The whole lines at the beginning of the log."""
    path = folder / "dump.ndjson"
    with open(corpus, "rb") as source, open(path, "wb") as target:
        beginning = source.read(DUMP_BYTES)
        target.write(beginning[: beginning.rfind(b"\n") + 1])
    return path


def plain(value):
    """A value as all engines show it: numbers by value, times without their type's ornaments."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return f"{value:.10g}"
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.0+)?(Z|\+00:00)?", text):
        return text[:10] + " " + text[11:19]
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return text


def canonical(rows):
    return sorted([plain(value) for value in row] for row in rows)


def timed(action, repeats):
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1_000)
    return statistics.median(times)


# --- The peers, each in a process of its own (for its memory), which prints one JSON object.


def clickhouse(corpus, folder, repeats, threads):
    from chdb import session

    database = session.Session(str(folder / "clickhouse"))
    database.query(f"SET max_threads = {threads}")
    database.query("CREATE DATABASE IF NOT EXISTS b ENGINE = Atomic")
    context = "device, os, browser, country, app_version, referrer".split(", ")
    low = ", ".join(f"{name} LowCardinality(String)" for name in context)
    create = (
        "CREATE OR REPLACE TABLE b.events (event_id UUID, event LowCardinality(String),"
        " timestamp DateTime64(3, 'UTC'), user_id String, session_id String, properties JSON,"
        f" context Tuple({low})) ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp)"
        " ORDER BY (event, timestamp)"
    )
    structure = (
        "event_id UUID, event String, timestamp DateTime64(3, \\'UTC\\'),"
        " user_id Nullable(String), session_id Nullable(String), properties JSON,"
        f" context Tuple({', '.join(name + ' String' for name in context)})"
    )
    insert = (
        f"INSERT INTO b.events SELECT * FROM file('{corpus}', 'JSONEachRow', '{structure}')"
        " SETTINGS date_time_input_format = 'best_effort', input_format_null_as_default = 1,"
        f" max_threads = {threads}, max_insert_threads = {threads}"
    )

    def insert_all():
        database.query(create)
        start = time.perf_counter()
        database.query(insert)
        return time.perf_counter() - start

    seconds = load(insert_all)
    size = json.loads(
        database.query(
            "SELECT sum(bytes_on_disk) AS n FROM system.parts WHERE active AND table = 'events'",
            "JSON",
        ).bytes()
    )["data"][0]["n"]
    results = {"seconds": seconds, "bytes": int(size), "memory": peak(), "questions": {}}
    for question in QUESTIONS:
        sql = question.clickhouse.replace(" events", " b.events")
        rows = json.loads(database.query(sql, "JSONCompact").bytes())["data"]
        ms = timed(lambda: database.query(sql, "JSONCompact"), repeats)
        results["questions"][question.name] = {"ms": ms, "rows": rows}
    sql = DUMP.clickhouse.replace("DUMP", str(dump(corpus, folder))) + f", max_threads = {threads}"
    results["questions"][DUMP.name] = answer_of_process(
        [sys.executable, "-m", "chdb", sql, "JSONCompact"], lambda text: json.loads(text)["data"])
    return results


def duckdb(corpus, folder, repeats, threads):
    import duckdb as engine

    path = folder / "duck.db"
    settings = f"SET threads = {threads}; SET TimeZone = 'UTC'"
    create = f"CREATE TABLE events AS SELECT * FROM read_json('{corpus}', format = 'newline_delimited')"

    def create_all():
        path.unlink(missing_ok=True)
        with engine.connect(str(path)) as connection:
            connection.execute(settings)
            start = time.perf_counter()
            connection.execute(create)
            connection.execute("CHECKPOINT")
            return time.perf_counter() - start

    seconds = load(create_all)
    connection = engine.connect(str(path))
    connection.execute(settings)
    results = {
        "seconds": seconds, "bytes": path.stat().st_size, "memory": peak(), "questions": {},
    }
    for question in QUESTIONS:
        if question.duckdb is None:
            continue
        rows = [list(map(str_or_none, row)) for row in connection.execute(question.duckdb).fetchall()]
        ms = timed(lambda: connection.execute(question.duckdb).fetchall(), repeats)
        results["questions"][question.name] = {"ms": ms, "rows": rows}
    sql = f"{settings}; " + DUMP.duckdb.replace("DUMP", str(dump(corpus, folder)))
    results["questions"][DUMP.name] = answer_of_process(
        [Path(sys.executable).parent / "duckdb", "-json", "-c", sql], values_of_objects)
    return results


def load(action):
    """The median of the seconds that `action` returns, once for each load into an empty place."""
    seconds = statistics.median(action() for _ in range(LOADS))
    # No question pays for what a load has left to be written.
    os.sync()
    return seconds


def str_or_none(value):
    return None if value is None else value if isinstance(value, (int, float)) else str(value)


def peak():
    """The most memory that this process held, in bytes."""
    text = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) * 1_024


# --- Whole processes.


def run(command):
    """The milliseconds that the command took, the most memory that it held, and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: status {process.returncode}")
    return (time.perf_counter() - start) * 1_000, usage.ru_maxrss * 1_024, output


def answer_of_process(command, rows):
    """What the command answers, as `rows` reads it, and in what time."""
    answer = rows(run(command)[2])
    return {"ms": statistics.median(run(command)[0] for _ in range(DUMP_ANSWERS)), "rows": answer}


def values_of_objects(text):
    return [list(row.values()) for row in json.loads(text)]


def run_evt(arguments):
    return run([EVT, *arguments])


def evt(corpus, folder, repeats, threads):
    store = folder / "evt"
    common = ["--store", str(store), "--threads", str(threads)]
    memory = 0

    def ingest():
        nonlocal memory
        shutil.rmtree(store, ignore_errors=True)
        ms, bytes, _ = run_evt(["ingest", "--quiet", str(corpus), *common])
        memory = max(memory, bytes)
        return ms / 1_000

    seconds = load(ingest)
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    results = {"seconds": seconds, "bytes": size, "memory": memory, "questions": {}}
    for question in QUESTIONS:
        arguments = [*question.evt, "--format", "json", *common]
        data = json.loads(run_evt(arguments)[2])["data"]
        rows = question.rows(data)
        times = [run_evt(arguments)[0] for _ in range(repeats)]
        results["questions"][question.name] = {"ms": statistics.median(times), "rows": rows}
    arguments = ["-i", str(dump(corpus, folder)), "--threads", str(threads), "--format", "json"]
    results["questions"][DUMP.name] = answer_of_process(
        [EVT, *DUMP.evt, *arguments], lambda text: DUMP.rows(json.loads(text)["data"]))
    return results


ENGINES = {"evt": evt, "clickhouse": clickhouse, "duckdb": duckdb}


def versions():
    import chdb
    import duckdb as engine

    evt_version = subprocess.run([EVT, "--version"], capture_output=True, text=True, check=True)
    shell = subprocess.run(
        [Path(sys.executable).parent / "duckdb", "--version"], capture_output=True, text=True, check=True)
    return [
        evt_version.stdout.split("\n")[0], f"chdb {chdb.__version__}", f"duckdb {engine.__version__}",
        f"duckdb-cli {shell.stdout.split()[0]}",
    ]


def report(results, corpus, options):
    size = corpus.stat().st_size
    mine, peers = results["evt"], {name: results[name] for name in ("clickhouse", "duckdb")}
    lines = [
        f"# {datetime.date.today()}: {options.rows:,} events, {size / 1e9:.2f} GB of NDJSON, "
        f"{options.threads} threads",
        "",
        f"`make bench ROWS={options.rows}`; {', '.join(versions())}; {platform.machine()}, "
        f"{os.cpu_count()} processors; medians of {LOADS} loads and of {options.repeats} answers. evt is timed as a whole process,",
        "the peers within a running one, but for the dump. The ratio is the faster (or smaller) peer over evt.",
        "",
        "| work | evt | ClickHouse | DuckDB | ratio | must |",
        "|---|---|---|---|---|---|",
    ]

    def row(name, shown, values, must=""):
        known = [value for value in values[1:] if value is not None]
        ratio = f"{min(known) / values[0]:.1f}x" if known else ""
        cells = [shown(value) if value is not None else "-" for value in values]
        lines.append(f"| {name} | {' | '.join(cells)} | {ratio} | {must} |")

    def both(key):
        return [mine[key], peers["clickhouse"][key], peers["duckdb"][key]]

    row("ingest", lambda s: f"{s:.2f} s ({size / s / 1e6:.0f} MB/s)", both("seconds"), "3x")
    row("peak memory, ingest", lambda n: f"{n / 1e6:.0f} MB", both("memory"), "512 MB")
    row("stored", lambda n: f"{n / 1e6:.0f} MB", both("bytes"))
    different = []
    for question in [*QUESTIONS, DUMP]:
        answers = [
            results[engine]["questions"].get(question.name) for engine in ("evt", "clickhouse", "duckdb")
        ]
        row(
            question.name, lambda ms: f"{ms:.1f} ms",
            [answer and answer["ms"] for answer in answers],
            f"{question.must_ms} ms" if question.must_ms else "",
        )
        expected = canonical(answers[0]["rows"])
        for engine, answer in zip(("ClickHouse", "DuckDB"), answers[1:]):
            if answer and canonical(answer["rows"]) != expected:
                different.append(f"{question.name}: evt and {engine} differ")
                pairs = zip(expected, canonical(answer["rows"]))
                different += [f"  {a} {b}" for a, b in pairs if a != b][:3]
    lines += ["", "All answers agree." if not different else "\n".join(["Answers differ:", *different])]
    return "\n".join(lines) + "\n", not different


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--folder", type=Path, default=HERE.parent / ".build-bench")
    parser.add_argument("--corpus", type=Path, help="a log of evt gen to use, else it is generated")
    parser.add_argument("--keep", action="store_true", help="keep the report in Benchmarks/")
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    corpus = options.corpus or options.folder / f"shop-{options.rows}.ndjson"
    corpus = corpus.resolve()
    if options.engine:
        run = ENGINES[options.engine]
        print(json.dumps(run(corpus, options.folder, options.repeats, options.threads)))
        return
    if not corpus.exists():
        users = max(10, options.rows * 170_000 // 5_000_000)
        arguments = ["--rows", options.rows, "--days", 30, "--users", users, "--seed", 1, "-o", corpus]
        subprocess.run([EVT, "gen", *map(str, arguments)], check=True)
    results = {}
    for engine in ENGINES:
        for name in ("evt", "clickhouse", "duck.db", "duck.db.wal"):
            path = options.folder / name
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        print(f"{engine} …", file=sys.stderr, flush=True)
        command = [sys.executable, __file__, "--engine", engine, "--corpus", corpus]
        command += ["--folder", options.folder, "--repeats", options.repeats]
        command += ["--threads", options.threads]
        output = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE).stdout
        results[engine] = json.loads(output.splitlines()[-1])
    text, agree = report(results, corpus, options)
    print(text)
    if options.keep:
        (HERE / f"{datetime.date.today()}-{options.rows}.md").write_text(text)
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
