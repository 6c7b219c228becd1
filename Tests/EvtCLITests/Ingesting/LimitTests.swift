// The limits of what an ingest takes, each at the limit and one past it, by the program itself.

import EvtCore
import Foundation
import TestSupport
import Testing

@Suite("A limit of ingest") struct LimitTests {
  /// A limit, an event that just keeps to it, one that just does not, and what is said of that.
  struct Row: Sendable, CustomStringConvertible {
    var description: String
    var last: @Sendable () -> String
    var first: @Sendable () -> String
    var reason: String
  }

  /// 2026-01-01; the limits of time are taken from it.
  private static let now = "2026-01-01T00:00:00Z"

  /// An event with these further members.
  private static func event(_ members: String = "", time: String = now) -> String {
    #"{"event":"e","timestamp":"\#(time)"\#(members.isEmpty ? "" : ",")\#(members)}"#
  }

  private static func row(
    _ name: String, reason: String, last: @escaping @Sendable () -> String,
    first: @escaping @Sendable () -> String
  ) -> Row {
    Row(description: name, last: last, first: first, reason: reason)
  }

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  /// An event of so many bytes, whose texts keep to their own limit.
  private static func event(bytes: Int) -> String {
    let values = (0..<17).map { #""k\#($0 + 10)":""# }
    let rest = bytes - event(values.map { $0 + "\"" }.joined(separator: ",")).utf8.count
    return event(
      values.enumerated().map { index, value in
        let from = rest * index / 17
        return value + repeated("x", rest * (index + 1) / 17 - from) + "\""
      }.joined(separator: ","))
  }

  private static func keys(_ count: Int) -> String {
    event((0..<count - 2).map { "\"k\($0)\":1" }.joined(separator: ","))
  }

  private static func nested(_ depth: Int) -> String {
    event(#""a":"# + repeated("[", depth - 1) + repeated("]", depth - 1))
  }

  static let rows: [Row] = [
    row("line length", reason: "line longer than 16 MiB") {
      event(bytes: Limits.lineBytesMax)
    } first: {
      event(bytes: Limits.lineBytesMax + 1)
    },
    row("nesting depth", reason: "nested deeper than 64 levels") {
      nested(Limits.nestingDepthMax)
    } first: {
      nested(Limits.nestingDepthMax + 1)
    },
    row("keys per event", reason: "more than 2,000 keys") {
      keys(Limits.keysPerEventMax)
    } first: {
      keys(Limits.keysPerEventMax + 1)
    },
    row("key path length", reason: "key path longer than 256 bytes") {
      event(#""a":{"\#(repeated("k", Limits.pathBytesMax - 2))":1}"#)
    } first: {
      event(#""a":{"\#(repeated("k", Limits.pathBytesMax - 1))":1}"#)
    },
    row("text value", reason: "value of more than 1 MiB of text") {
      event(#""a":"\#(repeated("x", Limits.textBytesMax))""#)
    } first: {
      event(#""a":"\#(repeated("x", Limits.textBytesMax + 1))""#)
    },
    row("array as text", reason: "value of more than 1 MiB of text") {
      event(#""a":["\#(repeated("x", Limits.textBytesMax - 4))"]"#)
    } first: {
      event(#""a":["\#(repeated("x", Limits.textBytesMax - 3))"]"#)
    },
    row("timestamps before 1970", reason: "timestamp is before 1970") {
      event(time: "1970-01-01T00:00:00Z")
    } first: {
      event(time: "1969-12-31T23:59:59.999999999Z")
    },
    row("timestamps ahead of the clock", reason: "timestamp is more than 48 hours ahead") {
      event(time: "2026-01-03T00:00:00Z")
    } first: {
      event(time: "2026-01-03T00:00:00.000000001Z")
    },
    row("surrogates", reason: "half of a surrogate pair in a text") {
      event(#""a":"\ud834\udd1e""#)
    } first: {
      event(#""a":"\ud834""#)
    },
    row("control characters", reason: "unescaped control character in a text") {
      event(#""a":"\u001f\u0000""#)
    } first: {
      event("\"a\":\"\u{1F}\"")
    },
  ]

  @Test("takes the last and refuses the first beyond, in bounded memory", arguments: rows)
  func lastAndFirst(row: Row) throws {
    let directory = try WorkDirectory()
    let lines = [Self.event(), row.last(), row.first(), Self.event()]
    try directory.write(lines.joined(separator: "\n") + "\n", to: "log")
    let result = try Program.shell(
      """
      ulimit -v 1000000
      evt ingest log --store store --threads 2 -f json | grep -o '"rows":[0-9]*,"rejected":[0-9]*'
      grep -o '^{"source":"log","line":[0-9]*,' store/rejects/*
      grep -o '"reason":"[^"]*"' store/rejects/*
      evt query --agg count -f csv --store store | tail -1
      """, in: directory.path, environment: ["EVT_NOW": Self.now])
    #expect(
      result.stdout == """
        "rows":3,"rejected":1
        {"source":"log","line":3,
        "reason":"\(row.reason)"
        3

        """, "\(result.stderr)")
    #expect(result.stderr.contains(row.reason), "\(result.stderr)")
  }

  /// A script in a directory with `log`, with little memory to spare.
  private func run(_ log: String, _ script: String) throws -> ProgramResult {
    let directory = try WorkDirectory()
    try directory.write(log, to: "log")
    return try Program.shell(
      "ulimit -v 1000000\n" + script, in: directory.path,
      environment: ["EVT_STORE": "store", "EVT_NOW": Self.now])
  }

  @Test("flattened depth: what lies deeper than eight keys is JSON text")
  func flattenedDepth() throws {
    let eight = #""a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":1}}}}}}}}"#
    let result = try run(
      Self.event(eight),
      "evt ingest log; evt query 'SELECT a.b.c.d.e.f.g.h AS v FROM events' -f csv")
    #expect(result.stdout.contains(#"{""i"":1}"#), "\(result)")
  }

  @Test("integers beyond 64 bits stay exact") func integers() throws {
    let numbers = ["9223372036854775807", "9223372036854775808", "-9223372036854775809"]
    let log = numbers.map { Self.event("\"n\":\($0)") }.joined(separator: "\n")
    let result = try run(log, "evt ingest log; evt query 'SELECT n FROM events ORDER BY n' -f csv")
    #expect(result.stdout == "n\n\(numbers[2])\n\(numbers[0])\n\(numbers[1])\n", "\(result)")
  }

  @Test("duplicate keys: the last one wins, and they are counted") func duplicateKeys() throws {
    let result = try run(
      Self.event(#""n":1,"n":2,"n":3"#),
      "evt ingest log -v; evt query 'SELECT n FROM events' -f csv")
    #expect(result.stdout.hasSuffix("n\n3\n"), "\(result)")
    #expect(result.stderr.contains("2 repeated keys"), "\(result)")
  }

  @Test("bad lines: 1,000 are borne, 1,001 end the run and commit nothing") func badLines() throws {
    let log = Self.event() + "\n" + Self.repeated("x\n", 1_000)
    let result = try run(
      log,
      """
      evt ingest log > /dev/null 2>&1; echo $?
      evt query --agg count -f csv | tail -1
      echo y >> log; evt ingest log --store other 2> error; echo $?
      grep -c '1001 of 1002 events rejected, more than --max-rejects allows' error
      evt query --agg count -f csv --store other | tail -1
      wc -l < other/rejects/00000001.ndjson
      """)
    #expect(result.stdout == "0\n1\n65\n1\n0\n1001\n", "\(result)")
  }

  @Test("columns per segment: the rarest paths beyond 1,024 overflow, and are found all the same")
  func columns() throws {
    let members = (0..<Limits.segmentColumnsMax).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    let fits = Self.event(members)
    let result = try run(
      fits + "\n" + fits,
      """
      evt ingest log > /dev/null 2>&1
      echo '\(Self.event(#""rare":7"#))' > more; evt ingest log more --force --store other
      grep -o '{"[^}]*}' other/segments/* --text
      evt query 'SELECT sum(rare), sum(k9), count(k1023) FROM events' --store other -f csv
      """)
    #expect(
      result.stdout.hasSuffix("{\"rare\":7}\nsum(rare),sum(k9),count(k1023)\n7,18,2\n"), "\(result)"
    )
  }

  @Test("gzip ratio: a bomb is refused, and nothing of the invocation is committed")
  func bomb() throws {
    let result = try run(
      Self.event(),
      """
      head -c 300000000 /dev/zero | tr '\\0' x | gzip > bomb.gz
      evt ingest log bomb.gz > /dev/null 2> error; echo $?
      grep -c 'inflates by more than 250 : 1 over 64 MiB, like a gzip bomb' error
      evt query --agg count -f csv | tail -1
      evt ingest log bomb.gz --keep-going > /dev/null 2>&1; echo $?
      evt query --agg count -f csv | tail -1
      """)
    #expect(result.stdout == "65\n1\n0\n0\n1\n", "\(result)")
  }

  @Test("gzip members: many are read, garbage behind them is refused, gzip in gzip too")
  func members() throws {
    let result = try run(
      Self.event(),
      """
      gzip -c log > one.gz
      cat one.gz one.gz one.gz > three.gz
      (cat three.gz; echo garbage) > garbage.gz
      gzip -c three.gz > nested.gz
      head -c -1 three.gz > short.gz
      for file in three garbage nested short; do
        evt ingest $file.gz --store $file > /dev/null 2> error; echo "$file $?"
        evt query --agg count -f csv --store $file | tail -1
        grep -o 'something else follows\\|gzip data in gzip data\\|ends too early' error
      done
      """)
    #expect(
      result.stdout == """
        three 0
        3
        garbage 65
        0
        something else follows
        nested 65
        0
        gzip data in gzip data
        short 65
        0
        ends too early

        """, "\(result)")
  }

  @Test("invalid UTF-8 is refused with its text in base 64, NUL bytes as binary data")
  func encoding() throws {
    let result = try run(
      Self.event(),
      """
      printf '\\n{"event":"\\xff","timestamp":"2026-01-01"}\\n' >> log
      evt ingest log > /dev/null 2> error; echo $?
      grep -c 'log:2:11: invalid UTF-8 in a text' error
      grep -c text_base64 store/rejects/*
      printf 'x\\0y' > nul; evt ingest nul 2> error; echo $?
      grep -c 'nul: is binary data' error
      """)
    #expect(result.stdout == "0\n1\n1\n65\n1\n", "\(result)")
  }
}
