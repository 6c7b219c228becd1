"""Asks ClickHouse (the chdb package) what `evt ... --sql` prints, and compares with evt's answers.

    python3 -m venv v && v/bin/pip install chdb && v/bin/python check-sql.py ../../../.build/release/evt

The table is as evt-query(1) presumes it, filled from the same generated log. Ends with 1 if answers
differ.
"""

import json
import subprocess
import sys
import tempfile

from chdb import session

EVT = sys.argv[1]
NOW = "2025-02-01T00:00:00Z"
CONTEXT = "device, os, browser, country, app_version, referrer".split(", ")
PROPERTIES = [
    "total Nullable(Float64)", "price Nullable(Float64)", "page Nullable(String)",
    "query Nullable(String)", "currency Nullable(String)",
]
TABLE = f"""event_id UUID, event String, timestamp DateTime64(3, 'UTC'), user_id Nullable(String),
session_id Nullable(String), properties Tuple({', '.join(PROPERTIES)}),
context Tuple({', '.join(name + ' Nullable(String)' for name in CONTEXT)})"""

COMMANDS = [
    ["query"],
    ["query", "--by", "event", "--agg", "count,users,sessions"],
    ["query", "--by", "day", "--agg", "users"],
    ["query", "--event", "purchase", "--by", "hour", "--agg", "count,users"],
    ["query", "--event", "purchase,refund", "--by", "country,device", "--agg", "count,users", "--top", "7"],
    ["query", "--by", "currency", "--agg", "count,sum:total,avg:total,min:total,max:total,p95:total,median:price"],
    ["query", "--where", "device = \"mobile\" AND page LIKE '/%'", "--by", "page", "--agg", "count,uniq:country"],
    ["query", "--by", "lower(country)", "--agg", "users", "--since", "2025-01-05", "--until", "2025-01-11T12:30:00.5Z"],
    ["query", "--raw", "--columns", "timestamp,event,total", "--event", "purchase", "--top", "20"],
    ["trend"],
    ["trend", "purchase", "--every", "hour", "--last", "20d"],
    ["trend", "purchase,error", "--every", "15m", "--last", "20d"],
    ["trend", "--every", "minute", "--since", "2025-01-03", "--until", "2025-01-04"],
    ["trend", "page_view", "--every", "day", "--tz", "Europe/Berlin", "--agg", "count,users,sum:total"],
    ["trend", "--every", "week", "--tz", "America/New_York", "--agg", "users"],
    ["trend", "--every", "week", "--week-start", "sunday", "--agg", "users"],
    ["trend", "--every", "week", "--week-start", "sunday", "--tz", "Asia/Tokyo", "--agg", "users"],
    ["trend", "--every", "month", "--tz", "Asia/Kolkata", "--agg", "users"],
    ["trend", "--every", "day", "--by", "device"],
    ["funnel", "product_view,add_to_cart,purchase"],
    ["funnel", "product_view,add_to_cart,checkout_started,purchase", "--window", "7d"],
    ["funnel", "page_view[page = \"/\"],search|product_view[price > 20],*,purchase", "--window", "1d"],
    ["funnel", "page_view,page_view,page_view", "--window", "10m", "--where", "country = 'DE'"],
    ["funnel", "page_view,purchase", "--window", "1500ms", "--since", "2025-01-05"],
    ["cohort"],
    ["cohort", "--every", "day", "--periods", "16"],
    ["cohort", "--every", "day", "--mode", "after", "--tz", "Europe/Berlin"],
    ["cohort", "--every", "hour", "--periods", "30", "--tz", "Asia/Kolkata", "--since", "2025-01-05"],
    ["cohort", "--every", "week", "--tz", "America/New_York"],
    ["cohort", "--every", "week", "--week-start", "sunday"],
    ["cohort", "--every", "week", "--week-start", "sunday", "--tz", "Asia/Tokyo"],
    ["cohort", "--every", "month", "--tz", "Asia/Kolkata"],
    ["cohort", "--every", "day", "--clock", "rolling"],
    ["cohort", "--every", "hour", "--clock", "rolling", "--mode", "after", "--since", "2025-01-12"],
    ["cohort", "--within", "0d..1d,1d..7d,1500ms..2h", "--every", "day"],
    ["cohort", "--start", "signup", "--return", "purchase|add_to_cart[price > 20]", "--every", "day"],
    ["cohort", "--start", "page_view[page = \"/\"]", "--where", "country = 'DE'", "--every", "day"],
]
# For cohorts all is over then, so that all periods have figures.
LATE = "2027-01-01T00:00:00Z"


def run(*arguments):
    now = LATE if arguments[0] == "cohort" else NOW
    process = subprocess.run([EVT, *arguments, "--now", now], capture_output=True, text=True)
    if process.returncode != 0:
        sys.exit(f"evt {' '.join(arguments)}: {process.stderr}")
    return process.stdout


def plain(value):
    if value is None:
        return ""
    try:
        return f"{float(value):.9g}"
    except ValueError:
        # Days and times, in whatever zone they are written: their clock's digits.
        text = str(value).replace("T", " ")
        return text[:10] if text[10:19] in ("", " 00:00:00") else text[:19] if text[4:5] == "-" else text


def evt_rows(command, inputs):
    data = json.loads(run(*command, "--format", "json", *inputs))["data"]
    if command[0] == "funnel":
        return [[row["count"] for row in data]]
    if command[0] == "cohort":
        return [[row["cohort"], row["size"], *row["retained"]] for row in data]
    if command[0] == "trend":
        # Buckets without events have no row in SQL.
        names = [name for name in data[0] if name not in ("time_utc", "partial", "approximate")]
        data = [{name: row[name] for name in names} for row in data if row.get("count", row.get("users"))]
        keys = ["time"] + ["event"] * (len({row["event"] for row in data}) > 1)
        keys += ["group"] * any(row["group"] is not None for row in data)
        return [[row[key] for key in keys] + [row[name] for name in names[3:]] for row in data]
    return [list(row.values()) for row in data]


def main():
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        log = f"{folder}/log.ndjson"
        run("gen", "--rows", "30000", "--days", "15", "--users", "1500", "--seed", "3", "-o", log)
        database = session.Session()
        database.query("CREATE DATABASE t ENGINE = Atomic; USE t")
        database.query(f"CREATE TABLE t.events ({TABLE}) ENGINE = MergeTree ORDER BY timestamp")
        structure = " ".join(TABLE.split()).replace("'", "\\'")
        database.query(
            f"INSERT INTO t.events SELECT * FROM file('{log}', 'JSONEachRow', '{structure}')"
            " SETTINGS date_time_input_format = 'best_effort'"
        )
        for command in COMMANDS:
            inputs = ["-i", log] + (["--top", "1000"] if "trend" in command and "--by" in command else [])
            sql = run(*command, "--sql", "-i", log)
            expected = sorted([plain(value) for value in row] for row in evt_rows(command, inputs))
            answer = database.query(sql.replace("FROM events", "FROM t.events"), "JSONCompact").bytes()
            rows = sorted([plain(value) for value in row] for row in json.loads(answer)["data"])
            if rows != expected:
                different += 1
                print(f"evt {' '.join(command)}: {len(expected)} rows, ClickHouse {len(rows)}\n{sql}")
                print([pair for pair in zip(expected, rows) if pair[0] != pair[1]][:3])
    print(f"{len(COMMANDS)} questions, {different} answered differently")
    sys.exit(1 if different else 0)


main()
