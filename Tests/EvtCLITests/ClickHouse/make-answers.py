"""Asks ClickHouse (the chdb package) the questions of queries.sql and functions.sql and
writes answers.ndjson and functions.ndjson.

    python3 -m venv v && v/bin/pip install chdb && v/bin/python make-answers.py
"""

import json
import re

from chdb import session

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
    """The same question at the fixed instant."""
    sql = sql.replace("now()", f"toDateTime('{NOW}')").replace("today()", f"toDate('{NOW}')")
    return sql.replace("attributes.route", "JSONExtractString(attributes, 'route')")


def with_parameters(sql):
    """The question with the values of its comments `param: name=value` written in."""
    values = dict(re.findall(r"-- param: (\w+)=(.*)", sql))
    sql = re.sub(r"-- param: .*\n", "", sql)
    # Only names that have a value: texts of JSON look alike.
    return re.sub(r"\{(\w+):(\w+)\}", lambda match: match[0] if match[1] not in values
                  else f"'{values[match[1]]}'" if match[2] == "String" else values[match[1]], sql)


server = session.Session()
server.query("CREATE DATABASE analytics")
server.query("USE analytics")
server.query(f"CREATE TABLE events ({SCHEMA}) ENGINE = MergeTree ORDER BY tuple()")
server.query(f"INSERT INTO events SELECT * FROM file('events.ndjson', 'JSONEachRow') {SETTINGS}")
for questions, answers in [("queries.sql", "answers.ndjson"), ("functions.sql", "functions.ndjson")]:
    with open(questions, encoding="utf-8") as file:
        blocks = file.read().split("-- name: ")[1:]
    with open(answers, "w", encoding="utf-8") as file:
        for block in blocks:
            name, sql = block.split("\n", 1)
            sql = adapted(with_parameters(sql).strip().rstrip(";"))
            answer = server.query(f"{sql} {SETTINGS}", "JSONCompact").bytes().decode()
            rows = json.loads(answer)["data"]
            print(json.dumps({"name": name, "rows": rows}, ensure_ascii=False), file=file)
