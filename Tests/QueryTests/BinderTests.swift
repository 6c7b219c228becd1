// Names and types of expressions against a store: what is accepted, and what is said otherwise.

import Columnar
import EvtCore
import TestSupport
import Testing

@testable import Query

@Suite("Binder") struct BinderTests {
  static let start = UTCDay(year: 2026, month: 1, day: 1).start

  static func source() throws -> TestSource {
    try TestSource([
      TestEvent(
        time: start, event: "purchase", user: "u1",
        values: [
          "properties.price": .double((59.98).bitPattern), "properties.country": .text("DE"),
          "properties.is_new": .bool(true), "properties.mixed": .int(1),
          "properties.tags": .json("[1]"), "properties.odd key": .text("x"),
          "properties.`a.b`": .int(7), "context.device": .text("phone"), "page": .text("/signup"),
          "a.size": .int(1), "b.size": .int(2), "deep.er.zip": .text("1"),
          "properties.nothing": .null,
          "properties.event": .text("shadowed"),
        ]),
      TestEvent(
        time: start + 1, event: "page_view", user: "u2",
        values: ["properties.mixed": .text("one")]),
      TestEvent(time: start + 2, event: "page_view", user: "u2"),
    ])
  }

  static func bind(_ text: String, allowsMissing: Bool = false) throws -> (BoundPredicate, [String])
  {
    var binder = Binder(try source(), now: start + 1_500_000_000, allowsMissing: allowsMissing)
    let predicate = try binder.predicate(try Expression(parsing: text))
    return (predicate, binder.warnings)
  }

  static let accepted: [(String, [String])] = [
    ("price > 10", ["properties.price"]), ("properties.price > 10", ["properties.price"]),
    ("device = 'phone'", ["context.device"]), ("page = '/x'", ["page"]),
    ("zip = '1'", ["deep.er.zip"]),
    ("er.zip = '1'", ["deep.er.zip"]), ("event = 'purchase'", ["event"]),
    ("properties.event = 'x'", ["properties.event"]), ("user_id = 'u'", ["user_id"]),
    ("session_id IS NULL", ["session_id"]), ("`odd key` = 'x'", ["properties.odd key"]),
    ("properties.`a.b` = 7", ["properties.`a.b`"]), ("\"page\" = '/x'", ["page"]),
    ("page = \"/signup\"", ["page"]), ("country = \"price\"", ["properties.country"]),
    ("is_new", ["properties.is_new"]),
    ("NOT is_new OR mixed = 1", ["properties.is_new", "properties.mixed"]),
    ("mixed = 'one'", ["properties.mixed"]), ("timestamp >= '2026-01-01'", ["timestamp"]),
    ("timestamp BETWEEN '2026-01-01 10:00:00' AND now()", ["timestamp"]),
    ("timestamp > now() - INTERVAL 7 DAY", ["timestamp"]),
    ("toDate(timestamp) = '2026-01-01'", ["timestamp"]),
    ("toHour(timestamp) BETWEEN 8 AND 18", ["timestamp"]), ("nothing = 5", ["properties.nothing"]),
    ("true", []), ("price > 9007199254740993", ["properties.price"]),
    ("country IN ('DE', 'FR')", ["properties.country"]),
    ("timestamp IN ('2026-01-01')", ["timestamp"]),
    ("if(is_new, price, 0) > 1", ["properties.is_new", "properties.price"]),
    ("length(country || 'x') = 3", ["properties.country"]),
    ("coalesce(mixed, 'x') = 'x'", ["properties.mixed"]),
  ]

  @Test("finds the fields that names mean", arguments: accepted)
  func accept(row: (String, [String])) throws {
    let (predicate, warnings) = try Self.bind(row.0)
    #expect(predicate.fields.map(\.name) == row.1 && warnings.isEmpty)
  }

  static let rejected: [(String, String)] = [
    (
      "prise > 10",
      "1:1: no field is named \"prise\"; did you mean \"properties.price\"?; evt query --fields lists them all"
    ),
    (
      "properties.prize > 10",
      "1:1: no field is named \"properties.prize\"; did you mean \"properties.price\"?; evt query --fields lists them all"
    ),
    (
      "usr_id = 'x'",
      "1:1: no field is named \"usr_id\"; did you mean \"user_id\"?; evt query --fields lists them all"
    ),
    (
      "deep = 1",
      "1:1: no field is named \"deep\"; did you mean \"deep.er.zip\"?; evt query --fields lists them all"
    ),
    ("size = 1", "1:1: \"size\" can mean \"a.size\" or \"b.size\": write the whole path"),
    (
      "event = 'purchse'",
      "1:9: no event is named \"purchse\"; did you mean \"purchase\" (1 row)? (--allow-missing counts it as zero)"
    ),
    (
      "event IN ('purchase', 'page_veiw')",
      "1:23: no event is named \"page_veiw\"; did you mean \"page_view\" (2 rows)? (--allow-missing counts it as zero)"
    ),
    ("'nope' != event", "1:1: no event is named \"nope\" (--allow-missing counts it as zero)"),
    (
      "price = '10'",
      "1:1: price holds numbers, but '10' is text: this never holds; write 10 without quotes"
    ),
    ("price = 'cheap'", "1:1: price holds numbers, but 'cheap' is text: this never holds"),
    (
      "country = 5",
      "1:1: country holds text, but 5 is a number: this never holds; write '5' in quotes"
    ),
    (
      "is_new = 2",
      "1:1: is_new holds true or false, but 2 is a number: this never holds; write true or false"
    ),
    (
      "is_new = 'true'",
      "1:1: is_new holds true or false, but 'true' is text: this never holds; write true without quotes"
    ),
    (
      "timestamp > 1700000000",
      "1:1: timestamp holds times, but 1700000000 is a number: this never holds; write a time in quotes: '2026-01-31'"
    ),
    (
      "timestamp > 'soon'",
      "1:13: 'soon' is not a time; write '2026-01-31', '2026-01-31 10:00:00' or '2026-01-31T10:00:00Z'"
    ),
    (
      "country IN (DE, FR)",
      "1:13: DE is a name, but IN takes a list of values; put a text in quotes: 'DE'"
    ),
    (
      "country IN (1, 2)",
      "1:1: country holds text, but 1 is a number: this never holds; write '1' in quotes"
    ),
    ("country IN (lower(country))", "1:13: IN takes constant values only"),
    (
      "country AND price > 1",
      "1:1: country holds text, which is no condition; write country = 'text', or notEmpty(country)"
    ),
    ("country = NULL", "1:11: nothing compares with NULL, so this never holds; write IS NULL"),
    ("country != NULL", "1:12: nothing compares with NULL, so this never holds; write IS NOT NULL"),
    (
      "country + 1 > 2",
      "1:1: country holds text, but + takes numbers; write concat(…) to join texts"
    ),
    ("price LIKE '1%'", "1:1: price holds numbers, but LIKE takes text"),
    ("country LIKE country", "1:14: the pattern of LIKE must be a text; write LIKE '%word%'"),
    ("lower(price) = 'x'", "1:7: price holds numbers, but lower takes text here"),
    ("lowr(country) = 'x'", "1:1: there is no function lowr; did you mean lower?"),
    (
      "tostartofhour(timestamp) > now()",
      "1:1: there is no function tostartofhour; did you mean toStartOfHour?"
    ),
    ("lower(country, 1) = 'x'", "1:1: lower takes 1 argument, not 2"),
    ("substring(country) = 'x'", "1:1: substring takes 2 to 3 arguments, not 1"),
    ("sum(price) > 1", "1:1: sum is not supported here; aggregates belong into --agg"),
    (
      "match(country, '(')",
      "1:16: the pattern is not one: a parenthesis is not closed"
    ),
    (
      "INTERVAL 7 DAY > 1",
      "1:1: INTERVAL can only be added to a time or taken from one; write now() - INTERVAL 7 DAY"
    ),
    (
      "country + INTERVAL 1 DAY > now()",
      "1:1: country holds text, but INTERVAL is added to times; write toDate('2026-01-01') for a date"
    ),
    ("timestamp > now() - INTERVAL 9999999999999 WEEK", "1:30: the INTERVAL is too long"),
    (
      "price < 5 < 6",
      "1:1: price < 5 gives true or false, but 6 is a number: this never holds; write true or false"
    ),
  ]

  @Test("refuses what can never hold, and names what is unknown", arguments: rejected)
  func reject(row: (String, String)) {
    let error = #expect(throws: QueryError.self) { try Self.bind(row.0) }
    #expect(error?.description == row.1)
  }

  @Test("takes unknown names for nothing when told to") func missing() throws {
    let (predicate, warnings) = try Self.bind("nope > 1 OR event = 'nay'", allowsMissing: true)
    #expect(predicate.fields.map(\.name) == ["event"])
    #expect(
      warnings == [
        "no field is named \"nope\": it counts as null",
        "no event is named \"nay\": it counts as zero",
      ])
  }

  @Test("offers at most three names") func suggestions() throws {
    let events = (0..<9).map { number in
      TestEvent(
        time: Self.start, event: "e\(number)", user: nil,
        values: ["properties.price\(number)": .int(1)])
    }
    var binder = Binder(try TestSource(events), now: 0)
    let error = #expect(throws: QueryError.self) { try binder.field("pryce0") }
    guard case .unknownField(_, let suggestions, _) = error else {
      Issue.record("another error")
      return
    }
    #expect(suggestions.first == "properties.price0" && suggestions.count <= 3)
  }

  @Test("tells names apart by their bytes") func normalForms() throws {
    let source = try TestSource([
      TestEvent(time: Self.start, event: "caf\u{E9}", user: nil, values: ["k\u{E9}": .int(1)])
    ])
    var binder = Binder(source, now: 0)
    #expect(throws: QueryError.self) { try binder.checkEvents(["cafe\u{301}"]) }
    #expect(throws: QueryError.self) { try binder.field("ke\u{301}") }
    try binder.checkEvents(["caf\u{E9}"])
    #expect(try binder.field("k\u{E9}")?.name == "k\u{E9}")
  }

  @Test("rounds now() down to a second, as ClickHouse does") func now() throws {
    let (predicate, _) = try Self.bind("timestamp < now()")
    guard case .compare(_, _, .constant(let value)) = predicate.expression else {
      Issue.record("not a comparison with a constant")
      return
    }
    #expect(value == .time(Self.start + 1_000_000_000))
  }
}
