"""Asks ClickHouse (the chdb package) the questions of queries.sql and functions.sql and
writes answers.ndjson and functions.ndjson.

    python3 -m venv v && v/bin/pip install chdb && v/bin/python make-answers.py
"""

import json
import re

import chdb

SCHEMA = """event_id String, event String, timestamp DateTime64(3, 'UTC'), user_id Nullable(String),
session_id Nullable(String), page Nullable(String), device Nullable(String),
country Nullable(String), tenant_id Nullable(String), currency Nullable(String),
service_name Nullable(String), severity_number Nullable(Int64), body Nullable(String),
model Nullable(String), customer_tier Nullable(String), name Nullable(String),
value Nullable(Int64), amount Nullable(Float64), trace_id Nullable(String),
properties String, attributes String"""
SETTINGS = """SETTINGS input_format_json_read_objects_as_strings = 1,
date_time_input_format = 'best_effort', output_format_json_quote_64bit_integers = 0,
session_timezone = 'UTC', join_use_nulls = 1"""
NOW = "2026-11-21 12:34:56"


def adapted(sql):
    """The same question over the file, at the fixed instant."""
    sql = sql.replace("now()", f"toDateTime('{NOW}')").replace("today()", f"toDate('{NOW}')")
    sql = sql.replace("attributes.route", "JSONExtractString(attributes, 'route')")
    schema = " ".join(SCHEMA.split()).replace("'", "\\'")
    table = f"file('events.ndjson', 'JSONEachRow', '{schema}')"
    return re.sub(r"\b(analytics\.)?events( AS \w+)?\b(?=[\s;)]|$)",
                  lambda match: table + (match[2] or "") if match.start() and
                  re.search(r"FROM\s+$", sql[:match.start()]) else match[0], sql)


for questions, answers in [("queries.sql", "answers.ndjson"), ("functions.sql", "functions.ndjson")]:
    with open(questions, encoding="utf-8") as file:
        blocks = file.read().split("-- name: ")[1:]
    with open(answers, "w", encoding="utf-8") as file:
        for block in blocks:
            name, sql = block.split("\n", 1)
            sql = adapted(sql.strip().rstrip(";"))
            answer = chdb.query(f"{sql} {SETTINGS}", "JSONCompact").bytes().decode()
            rows = json.loads(answer)["data"]
            print(json.dumps({"name": name, "rows": rows}, ensure_ascii=False), file=file)
