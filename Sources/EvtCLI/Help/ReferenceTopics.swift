// The topics of evt help: semantics, expressions, times, formats, presets, exit statuses.

import Analytics
import Ingest

extension HelpTopic {
  /// The meaning of every number, the text of evt-semantics(7).
  static let semantics = HelpTopic(
    name: "semantics", title: "what the numbers of evt mean",
    blocks: [.page(SemanticsPage.text)])

  /// The language of --where and of the brackets in steps.
  static let expressions = HelpTopic(
    name: "expressions", title: "conditions on events, in SQL",
    blocks: [
      .text(
        """
        --where and the brackets of steps take the expressions of ClickHouse's SQL. Fields \
        are named by their whole path (properties.total), without properties. or context. (total), \
        or by a unique end of it. Odd names stand in backticks.
        """),
      .code([
        "country = 'DE' AND total >= 100",
        "page LIKE '/product/%' OR query IS NOT NULL",
        "device IN ('mobile', 'tablet') AND NOT startsWith(app_version, '3.11')",
        "timestamp >= now() - INTERVAL 7 DAY",
      ]),
      .text(
        """
        Texts stand in single quotes; in double quotes stands a field, or a text if no field has \
        the name. A comparison with null is null, which is not true. What is not supported is \
        named in the error, with its place.
        """),
    ])

  /// The language of evt query, evt-sql(7) in short.
  static let sql = HelpTopic(
    name: "sql", title: "the SQL of evt query",
    blocks: [
      .text(
        """
        evt query takes a SELECT in a subset of ClickHouse's dialect: what runs here runs there \
        with the same answer. The one table is events; its columns are the fields that \
        evt query --fields lists.
        """),
      .code([
        "[WITH name AS (SELECT …), expression AS name]",
        "SELECT [DISTINCT] expression [AS alias], … FROM events | (SELECT …) | name",
        "[[LEFT] JOIN … ON …] [WHERE …] [GROUP BY … [WITH TOTALS]] [HAVING …]",
        "[ORDER BY … [DESC]] [LIMIT n BY …] [LIMIT n [OFFSET m]] [UNION ALL SELECT …]",
      ]),
      .items([
        (
          "aggregates",
          "count, sum, avg, min, max, any, argMax, uniqExact, quantileExact(0.9), groupArray, "
            + "topK, windowFunnel(1800), retention, sequenceMatch …, each also as -If, -Distinct, "
            + "-OrNull."
        ),
        ("windows", "sum(x) OVER (PARTITION BY … ORDER BY …), row_number(), lagInFrame …"),
        ("times", "now(), today(), toDate, toStartOfHour …, dateDiff, INTERVAL 7 DAY, time zones."),
        (
          "values",
          "IN, BETWEEN, LIKE, CASE, if, coalesce, CAST and ::, JSONExtractString …, text, arrays, "
            + "lambdas."
        ),
        ("{name:Type}", "The value that --param name=value gives."),
      ]),
      .text(
        """
        An alias can be used everywhere. A misspelt field or event is an error with the nearest \
        names. All functions and the chosen differences are in man evt-sql.
        """),
    ])

  /// Times and lengths of time on the command line.
  static let time = HelpTopic(
    name: "time", title: "times and lengths of time on the command line",
    blocks: [
      .items([
        ("2026-11-07", "The first instant of the day, in UTC."),
        ("2026-11-07T10:00:00Z", "RFC 3339, with any offset."),
        ("2026-11-07 10:00:00", "The same in UTC; seconds may be left out or have a fraction."),
        ("today, yesterday, now", "Days begin at midnight in UTC."),
        ("-7d", "Before now."),
        ("@1700000000", "Unix time in s, ms, us or ns, told apart by magnitude."),
      ]),
      .text(
        """
        Lengths are numbers with units: ms, s, m (minutes), h, d (24 hours), w, mo (calendar \
        months), y; they can stand behind each other, as in 1d12h.
        """),
      .text(
        """
        Ranges are half-open: --since 2026-10-01 --until 2026-11-01 is October. --last 7d is the \
        168 hours before --until, else before now. --now (or EVT_NOW) sets what now is, for tests \
        and for cron jobs that run late.
        """),
      .text(
        """
        evt trend and cohort take a time zone, as in --tz Europe/Berlin; days, months and times \
        without offset are those of the zone then. Its data are in /usr/share/zoneinfo (package \
        tzdata) or where TZDIR says; UTC is always there.
        """),
    ])

  /// The formats of answers.
  static let formats = HelpTopic(
    name: "formats", title: "the formats of answers",
    blocks: [
      .items([
        (
          "table",
          "For people: aligned, with thousands separators and rounded percentages. On a terminal "
            + "cut to its width; what a terminal would obey is shown as \\u{1B}."
        ),
        (
          "json",
          "One object: schema_version, meta (command, store, generation, since, until, tz, "
            + "newest_event, freshness_ms, is_stale, ...) and data, an array. Keys stand in a "
            + "fixed order; the same question on the same data at the same --now gives the same "
            + "bytes."
        ),
        ("ndjson", "The elements of data, one a line."),
        ("csv", "RFC 4180 with a header, LF, and nothing for null; --csv-safe guards formulas."),
        ("tsv", "The same with tabs; tab, line feed and backslash are escaped."),
        ("markdown", "A table for pull requests and wikis."),
        ("junit", "Of verify: JUnit's XML, a test case a check; also for -o FILE.xml."),
        ("github", "Of verify: a line ::error for each failure, which GitHub shows."),
      ]),
      .text(
        """
        Numbers in machine formats are exact and never NaN; what has no value is null. Within a \
        schema_version fields are added, never removed, renamed or retyped. -o FILE takes the \
        format from the suffix, and writes the file whole or not at all.
        """),
    ])

  /// Shapes of events that ingest knows.
  static let presets = HelpTopic(
    name: "presets", title: "the shapes of events that ingest knows",
    blocks: [
      .text(
        """
        The preset that fits the first events of an input is taken and shown with --verbose. \
        --preset NAME decides instead, --map names single fields: alternatives stand behind each \
        other with |, dots descend, backticks quote odd keys.
        """),
      .items(
        Presets.all.map { preset in (term: preset.name, text: preset.summary) }),
      .code([
        "evt ingest --map 'user_id=clientId|client_id,event=type,timestamp=created_at' dump.ndjson"
      ]),
    ])

  /// The file of evt alert.
  static let rules = HelpTopic(
    name: "rules", title: "the rules and channels of evt alert, in YAML",
    blocks: [
      .code([
        "channels:",
        "  ops:  {type: webhook, url: \"${HOOK}\"}",
        "  chat: {type: slack, url_file: slack-url, timeout: 5s}",
        "rules:",
        "  - {id: few, type: volume_below, event: purchase, threshold: 10,",
        "     window: 1h, for: 5m, severity: critical, channels: [ops, stdout]}",
        "  - {id: errors, type: volume_above, event: error, threshold: 100,",
        "     window: 1h}",
        "  - {id: conversion, type: rate_below, numerator: purchase,",
        "     denominator: add_to_cart, threshold: 2, window: 1d}",
        "  - {id: silence, type: no_data, window: 15m}",
      ]),
      .items([
        ("event", "A step of a funnel: NAME, \"NAME[expression]\", \"A|B\", \"*\"."),
        ("threshold", "Events, or percent for rate_below."),
        ("min_samples", "Of rate_below: events that the denominator must have (default: 30)."),
        ("window", "The length of time before now whose events count."),
        ("for", "How long the condition must hold, at every minute (default: 0s)."),
        ("cooldown", "How long a channel is not told again (default: 1h)."),
        ("severity", "info, warning (the default) or critical."),
        ("channels", "Who is told (default: stdout, which is always there)."),
        ("enabled", "false switches the rule off."),
      ]),
      .text(
        """
        ${NAME} stands for an environment variable, in url, url_file and headers. A url_file must \
        be closed to others. Hosts on this machine and in private networks need \
        allow_private: true. evt-rules(5) has the rest, and what a webhook is sent.
        """),
    ])

  /// The exit statuses.
  static let exitCodes = HelpTopic(
    name: "exit-codes", title: "what the exit status means",
    blocks: [
      .text("1 means that the check said no, 2 and above that evt could not tell. The worst wins."),
      .items(
        ExitStatus.allCases.map { (term: String($0.rawValue), text: $0.meaning + ".") }
          + [(term: "128+n", text: "ended by signal n: 130 by Ctrl-C, 141 by a closed pipe.")]),
    ])
}
