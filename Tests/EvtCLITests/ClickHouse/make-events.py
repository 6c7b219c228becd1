"""Writes events.ndjson: the columns that the queries of queries.sql name, from a fixed seed."""

import json
import random
from datetime import datetime, timedelta

random.seed(20261121)
NOW = datetime(2026, 11, 21, 12, 34, 56)
EVENTS = ["page_view"] * 6 + ["product_click"] * 4 + ["add_to_cart"] * 3 + [
    "checkout_start", "checkout_start", "purchase", "purchase", "error", "signup",
    "session_start", "session_end", "signup_submitted", "signup_completed",
]


def pick(*values):
    return random.choice(values)


def event(number):
    # Half of the events are recent: many questions are about the last hour or day.
    span = pick(3_600, 86_400, 7 * 86_400, 40 * 86_400)
    time = NOW - timedelta(milliseconds=random.randrange(span * 1_000))
    name = pick(*EVENTS)
    row = {
        "event_id": f"e{number:04}",
        "event": name,
        "timestamp": time.isoformat(timespec="milliseconds") + "Z",
        "user_id": pick(None, "u1", "u2", "u3", "u4", "u5", "u6", "u7", "ü8"),
        "session_id": f"s{random.randrange(40)}",
        "page": pick("/", "/shop", "/signup", "/cart"),
        "device": pick("mobile", "tablet", "desktop"),
        "country": pick("DE", "FR", "US", "JP"),
        "tenant_id": pick("t1", "t2"),
        "currency": pick("EUR", "USD"),
        "service_name": pick("api", "web", "worker"),
        "severity_number": pick(9, 13, 17, 21),
        "body": pick("ok", "slow", "time-out"),
        "model": pick("small", "large"),
        "customer_tier": pick("free", "pro"),
        "name": pick("agent.success", "agent.output_tokens", "agent.response_latency_ms"),
        "value": random.randrange(1, 2_000),
        "amount": pick(None, 9.99, 19.5, 100, 59.98, 0.1, 0.2),
        "trace_id": pick(None, f"trace-{random.randrange(99)}"),
        "properties": {"category": pick("books", "toys", "food"), "price": pick(1, 2.5, 1e3)},
        "attributes": {"error": pick(True, False), "route": pick("/a", "/b")},
    }
    if name == "page_view":
        row["properties"] = {"path": pick("/signup", "/")}
    return {key: value for key, value in row.items() if value is not None}


with open("events.ndjson", "w", encoding="utf-8") as file:
    for number in range(600):
        print(json.dumps(event(number), ensure_ascii=False, separators=(",", ":")), file=file)
