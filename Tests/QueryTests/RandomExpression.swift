// Random expressions over the fields of random events.

import EvtCore
import TestSupport

/// Makes the text of expressions of every type the language has.
struct RandomExpression {
  var random: SeededGenerator

  static let fields = ["n", "m", "t", "x", "b", "j", "r"]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func pick(_ choices: String...) -> String {
    choices.randomElement(using: &random) ?? ""
  }

  mutating func condition(_ depth: Int) -> String {
    let simple = depth <= 0
    switch Int.random(in: simple ? 4...14 : 0...16, using: &random) {
    case 0, 1: return "(\(condition(depth - 1)) AND \(condition(depth - 1)))"
    case 2: return "(\(condition(depth - 1)) OR \(condition(depth - 1)) OR \(condition(0)))"
    case 3: return "NOT \(condition(depth - 1))"
    case 4: return "\(number(depth - 1)) \(comparison()) \(number(depth - 1))"
    case 5: return "\(pick("n", "m", "x")) \(comparison()) \(numberLiteral())"
    case 6: return "\(text(depth - 1)) \(comparison()) \(text(depth - 1))"
    case 7: return "\(pick("t", "x", "event", "r")) \(pick("=", "!=", "<", ">=")) \(textLiteral())"
    case 8:
      return
        "\(pick("n", "x", "m")) \(pick("IN", "NOT IN")) (\(numberLiteral()), \(numberLiteral()), -1)"
    case 9:
      return "\(pick("t", "x", "r")) \(pick("IN", "NOT IN")) (\(textLiteral()), \(textLiteral()))"
    case 10:
      return "\(number(0)) \(pick("", "NOT "))BETWEEN \(numberLiteral()) AND \(numberLiteral())"
    case 11: return "\(text(0)) \(pick("LIKE", "NOT LIKE", "ILIKE")) \(pattern())"
    case 12:
      return
        "\(pick("n", "m", "t", "x", "b", "j", "user_id", "r")) \(pick("IS NULL", "IS NOT NULL"))"
    case 13: return pick("b", "b = true", "b != false", "x = true", "j = j", "x = x", "n != m")
    case 14: return time(depth)
    case 15: return "\(pick("startsWith", "endsWith"))(\(text(0)), \(textLiteral()))"
    default: return "if(\(condition(0)), \(condition(0)), \(condition(0)))"
    }
  }

  private mutating func comparison() -> String { pick("=", "!=", "<", "<=", ">", ">=") }

  private mutating func number(_ depth: Int) -> String {
    switch Int.random(in: depth <= 0 ? 0...3 : 0...9, using: &random) {
    case 0, 1: return pick("n", "m", "x")
    case 2, 3: return numberLiteral()
    case 4:
      let literal = pick("0", "1", "-3", "2.5", "0.1", "9223372036854775807", "1e300")
      return "(n \(pick("+", "-", "*", "/", "%")) \(literal))"
    case 5: return "-\(pick("n", "m"))"
    case 6: return "length(\(text(0)))"
    case 7: return "position(\(text(0)), \(textLiteral()))"
    case 8: return "\(pick("coalesce", "ifNull", "nullIf"))(\(pick("n", "m")), \(numberLiteral()))"
    default: return pick("abs(n)", "abs(m)", "floor(n)")
    }
  }

  private mutating func text(_ depth: Int) -> String {
    switch Int.random(in: depth <= 0 ? 0...3 : 0...6, using: &random) {
    case 0, 1, 2: return pick("t", "x", "r", "event")
    case 3: return textLiteral()
    case 4: return "\(pick("lower", "upper"))(\(text(0)))"
    case 5: return "concat(\(pick("t", "r", "event")), \(textLiteral()))"
    default: return "(t || \(textLiteral()))"
    }
  }

  private mutating func time(_ depth: Int) -> String {
    switch Int.random(in: 0...5, using: &random) {
    case 0:
      return
        "timestamp \(comparison()) '2026-01-01 0\(Int.random(in: 0...9, using: &random)):30:00'"
    case 1: return "toHour(timestamp) \(comparison()) \(Int.random(in: 0...12, using: &random))"
    case 2:
      return
        "timestamp \(comparison()) now() - INTERVAL \(Int.random(in: 0...8, using: &random)) HOUR"
    case 3: return "toStartOfHour(timestamp) = '2026-01-01 03:00:00'"
    case 4: return "toDayOfWeek(timestamp) = 4"
    default: return "timestamp BETWEEN '2026-01-01 01:00:00' AND '2026-01-01 05:00:00'"
    }
  }

  private mutating func numberLiteral() -> String {
    pick(
      "0", "1", "2", "-3", "1.5", "2.0", "99.99", "9007199254740993", "9007199254740992.0", "1e3",
      "-9223372036854775808", "9223372036854775807", "9223372036854775808", "1e300", "-1e-5",
      "12345678901234567890123", "1.00000000000000000000001", "0.1", "50")
  }

  private mutating func textLiteral() -> String {
    pick("'DE'", "'FR'", "''", "'日本'", "'a%b'", "'de'", "'user-5'", "'purchase'", "'zz'", "'本'")
  }

  private mutating func pattern() -> String {
    pick(
      "'%'", "'D_'", "'_'", "'__'", "'%5%'", "'user-%'", "'%本'", "'a\\\\%b'", "'d%'", "''",
      "'%a%b%'",
      "'日_'", "'%E'")
  }

  /// Random events whose fields have few kinds, or many.
  mutating func events(_ count: Int) -> [TestEvent] {
    let start = UTCDay(year: 2026, month: 1, day: 1).start
    let kindOfX = Int.random(in: 0...2, using: &random)
    let nulls = Int.random(in: 0...3, using: &random)
    return (0..<count).map { number in
      var event = TestEvent(
        time: start + Int64(number) * 30_000_000_000,
        event: ["purchase", "page_view", "DE"].randomElement(using: &random) ?? "",
        user: "u\(Int.random(in: 0...20, using: &random))")
      event.values = [
        "n": .int(Int64.random(in: -3...60, using: &random)),
        "m": kindOfX == 0 ? number_(1) : number_(Int.random(in: 0...4, using: &random)),
        "t": .text(text_()), "b": .bool(Bool.random(using: &random)),
        "j": .json("[\(Int.random(in: 0...2, using: &random))]"),
        "r": .text("user-\(number % 50)"), "x": mixed(kindOfX),
      ]
      for key in event.values.keys.sorted() where Int.random(in: 0...9, using: &random) < nulls {
        event.values[key] = Bool.random(using: &random) ? .null : .absent
      }
      return event
    }
  }

  private mutating func number_(_ style: Int) -> TestValue {
    switch style {
    case 0: .int([0, 1, -3, 9_007_199_254_740_993, .max, .min].randomElement(using: &random) ?? 0)
    case 1: .double((Double(Int.random(in: -300...9_999, using: &random)) / 100).bitPattern)
    case 2:
      .double(
        [0, -0.0, 1e300, 9_007_199_254_740_992, 9.223372036854776e18, 0.1].randomElement(
          using: &random)?.bitPattern ?? 0)
    case 3:
      .decimal(
        ["12345678901234567890123", "9223372036854775808", "1.00000000000000000000001"]
          .randomElement(using: &random) ?? "")
    default: .int(Int64.random(in: 0...3, using: &random))
    }
  }

  private mutating func text_() -> String {
    ["DE", "FR", "", "日本", "a%b", "de", "axb", "user-5", "zz"].randomElement(using: &random) ?? ""
  }

  private mutating func mixed(_ style: Int) -> TestValue {
    switch Int.random(in: style...(style + 3), using: &random) {
    case 0: number_(0)
    case 1: number_(3)
    case 2: .text(text_())
    case 3: .text(["1", "DE", "1.5"].randomElement(using: &random) ?? "")
    case 4: .bool(true)
    default: .json("[1]")
    }
  }
}
