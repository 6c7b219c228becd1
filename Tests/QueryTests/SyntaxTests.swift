// Expressions as text: what they parse to, and what is said about those that do not parse.

import EvtCore
import TestSupport
import Testing

@testable import Query

extension SyntaxNode {
  /// The tree as nested parentheses.
  var shown: String {
    switch kind {
    case .null: return "null"
    case .bool(let value): return "\(value)"
    case .number(let text): return text
    case .text(let bytes): return "'\(String(decoding: bytes, as: UTF8.self))'"
    case .name(let parts):
      return parts.map { part in
        switch part.quote {
        case .none: part.text
        case .backtick: "`\(part.text)`"
        case .double: "\"\(part.text)\""
        }
      }.joined(separator: ".")
    case .negate(let operand): return "(neg \(operand.shown))"
    case .not(let operand): return "(not \(operand.shown))"
    case .and(let operands): return "(and \(operands.map(\.shown).joined(separator: " ")))"
    case .or(let operands): return "(or \(operands.map(\.shown).joined(separator: " ")))"
    case .compare(let comparison, let left, let right):
      return "(\(comparison.rawValue) \(left.shown) \(right.shown))"
    case .arithmetic(let operation, let left, let right):
      return "(\(operation.rawValue) \(left.shown) \(right.shown))"
    case .concatenate(let left, let right): return "(|| \(left.shown) \(right.shown))"
    case .membership(let operand, let items, let isNegated):
      return
        "(\(isNegated ? "not in" : "in") \(operand.shown) \(items.map(\.shown).joined(separator: " ")))"
    case .between(let operand, let low, let high, let isNegated):
      return
        "(\(isNegated ? "not between" : "between") \(operand.shown) \(low.shown) \(high.shown))"
    case .like(let operand, let pattern, let foldsCase, let isNegated):
      let word = (isNegated ? "not " : "") + (foldsCase ? "ilike" : "like")
      return "(\(word) \(operand.shown) \(pattern.shown))"
    case .isNull(let operand, let isNegated):
      return "(\(isNegated ? "is not null" : "is null") \(operand.shown))"
    case .call(let call):
      let parameters = call.parameters.map { "[\($0.map(\.shown).joined(separator: " "))]" } ?? ""
      let distinct = call.isDistinct ? ["distinct"] : []
      let words = [call.name + parameters] + distinct + call.arguments.map(\.shown)
      return "(\(words.joined(separator: " ")))"
    case .interval(let amount, let unit): return "(interval \(amount.shown) \(unit.rawValue))"
    case .array(let items): return "(array \(items.map(\.shown).joined(separator: " ")))"
    case .tuple(let items): return "(tuple \(items.map(\.shown).joined(separator: " ")))"
    case .lambda(let names, let body):
      return "(lambda [\(names.joined(separator: " "))] \(body.shown))"
    case .cast(let operand, let type): return "(cast \(operand.shown) \(type.shown))"
    case .query: return "(query)"
    case .exists: return "(exists)"
    case .queryMembership(let operand, _, let isNegated):
      return "(\(isNegated ? "not in" : "in") \(operand.shown) query)"
    case .namedMembership(let operand, let name, let isNegated):
      return "(\(isNegated ? "not in" : "in") \(operand.shown) named \(name.shown))"
    case .window(let call, let window):
      let order = window.order.map { $0.node.shown + ($0.isDescending ? "-" : "+") }
      return "(over \(SyntaxNode(.call(call), span: span).shown)"
        + " [\(window.partition.map(\.shown).joined(separator: " "))]"
        + " [\(order.joined(separator: " "))] \(window.frame.map(\.shown) ?? "-"))"
    }
  }
}

extension TypeSyntax {
  var shown: String {
    arguments.isEmpty ? name : "\(name)(\(arguments.map(\.shown).joined(separator: ",")))"
  }
}

extension FrameSyntax {
  var shown: String { "\(countsRows ? "rows" : "range") \(start) \(end)" }
}

@Suite("Parser") struct ParserTests {
  static let accepted: [(String, String)] = [
    ("price > 10", "(> price 10)"),
    ("a = 1 AND b != 2 OR NOT c < 3", "(or (and (= a 1) (!= b 2)) (not (< c 3)))"),
    ("a OR b AND c OR d", "(or a (and b c) d)"),
    ("(a OR b) AND c", "(and (or a b) c)"),
    ("a == 1", "(= a 1)"), ("a <> 1", "(!= a 1)"), ("a>=1 and a<=2", "(and (>= a 1) (<= a 2))"),
    ("1 + 2 * 3 - 4 / 5 % 6", "(- (+ 1 (* 2 3)) (% (/ 4 5) 6))"),
    ("-a * b", "(* (neg a) b)"), ("- 5", "-5"), ("-5 - -5", "(- -5 -5)"), ("+5", "5"),
    ("-(a + b)", "(neg (+ a b))"), ("2 - 1 - 1", "(- (- 2 1) 1)"),
    ("a IN (1, 2.5, 'x')", "(in a 1 2.5 'x')"), ("a NOT IN (1)", "(not in a 1)"),
    ("a BETWEEN 1 AND 2 AND b", "(and (between a 1 2) b)"),
    ("a NOT BETWEEN 1 + 1 AND 5", "(not between a (+ 1 1) 5)"),
    ("a LIKE '%x_'", "(like a '%x_')"), ("a not ilike 'X%'", "(not ilike a 'X%')"),
    ("a IS NULL OR b IS NOT NULL", "(or (is null a) (is not null b))"),
    ("a = b IS NULL", "(is null (= a b))"), ("NOT a IS NULL", "(not (is null a))"),
    ("NOT NOT a", "(not (not a))"), ("NOT a AND b", "(and (not a) b)"),
    ("properties.price", "properties.price"), ("properties.`odd key`", "properties.`odd key`"),
    ("a.2fa = 1", "(= a.2fa 1)"), ("\"country\" = \"DE\"", "(= \"country\" \"DE\")"),
    ("`a``b`", "`a`b`"), ("$insert_id = 'x'", "(= $insert_id 'x')"), ("größe > 1", "(> größe 1)"),
    ("lower(country) = 'de'", "(= (lower country) 'de')"), ("now()", "(now)"),
    ("if(a, b, c)", "(if a b c)"), ("a || 'x' = 'yx'", "(= (|| a 'x') 'yx')"),
    ("'it''s'", "'it's'"), ("'a\\'b\\n\\\\'", "'a'b\n\\'"), ("'\\x41'", "'A'"),
    ("'50\\%'", "'50\\%'"),
    ("true AND FALSE", "(and true false)"), ("null", "null"),
    ("99999999999999999999", "99999999999999999999"), ("1e3", "1e3"), (".5", ".5"), ("5.", "5."),
    ("now() - INTERVAL 7 DAY", "(- (now) (interval 7 DAY))"),
    ("timestamp + INTERVAL '2 hours'", "(+ timestamp (interval 2 HOUR))"),
    ("interval = 3", "(= interval 3)"), ("t - INTERVAL '3' MONTH", "(- t (interval 3 MONTH))"),
    ("a = b ? 1 : c ? 2 : 3", "(if (= a b) 1 (if c 2 3))"),
    ("CASE WHEN a THEN 1 END", "(multiIf a 1 null)"),
    (
      "CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' ELSE 'z' END", "(multiIf (= a 1) 'x' (= a 2) 'y' 'z')"
    ),
    ("-a::Int64 * 2", "(* (neg (cast a Int64)) 2)"),
    ("CAST(a AS Nullable(DateTime64(3, 'UTC')))", "(cast a Nullable(DateTime64(3,'UTC')))"),
    ("CAST(a, 'Array(String)')", "(cast a Array(String))"),
    ("[1, 2][1] = a", "(= (arrayElement (array 1 2) 1) a)"), ("[]", "(array )"),
    ("(1, 'x').2", "(tupleElement (tuple 1 'x') 2)"), ("(1,)", "(tuple 1)"), ("((1))", "1"),
    ("f(x -> x + 1, a)", "(f (lambda [x] (+ x 1)) a)"),
    ("f((x, y) -> x, a)", "(f (lambda [x y] x) a)"),
    ("a IN [1, 2]", "(in a 1 2)"), ("a NOT IN list", "(not in a named list)"),
    ("(a, b) IN ((1, 2), (3, 4))", "(in (tuple a b) (tuple 1 2) (tuple 3 4))"),
    ("a IN (SELECT 1)", "(in a query)"), ("EXISTS (SELECT 1)", "(exists)"),
    ("(SELECT 1) + 1", "(+ (query) 1)"), ("exists = 1", "(= exists 1)"),
    ("a REGEXP 'x' AND b", "(and (match a 'x') b)"), ("a NOT RLIKE 'x'", "(not (match a 'x'))"),
    ("a DIV 2 MOD 3", "(modulo (intDiv a 2) 3)"),
    ("a <=> b", "(isNotDistinctFrom a b)"), ("a IS DISTINCT FROM b", "(isDistinctFrom a b)"),
    ("a IS NOT DISTINCT FROM b", "(isNotDistinctFrom a b)"),
    ("t + INTERVAL n + 1 DAY", "(+ t (interval (+ n 1) DAY))"),
    ("t - toIntervalHour(2)", "(- t (interval 2 HOUR))"),
    ("EXTRACT(YEAR FROM t)", "(toYear t)"), ("extract(a, 'x')", "(extract a 'x')"),
    ("TRIM(BOTH 'x' FROM a)", "(trimBoth a 'x')"), ("trim(a)", "(trim a)"),
    ("SUBSTRING(a FROM 2 FOR 3)", "(substring a 2 3)"), ("substring(a, 2)", "(substring a 2)"),
    ("POSITION('x' IN a)", "(position a 'x')"), ("position(a, 'x')", "(position a 'x')"),
    ("DATE_ADD(DAY, 7, t)", "(+ t (interval 7 DAY))"),
    ("date_sub(t, INTERVAL 1 HOUR)", "(- t (interval 1 HOUR))"),
    ("dateDiff(day, a, b)", "(dateDiff 'DAY' a b)"),
    ("dateDiff('day', a, b)", "(dateDiff 'day' a b)"),
    ("DATE '2026-01-31'", "(toDate '2026-01-31')"),
    ("count() FILTER (WHERE a > 1)", "(countIf (> a 1))"),
    ("quantile(0.9)(DISTINCT a)", "(quantile[0.9] distinct a)"),
    ("sum(a) OVER ()", "(over (sum a) [] [] -)"),
    (
      "sum(a) OVER (PARTITION BY b ORDER BY c DESC ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)",
      "(over (sum a) [b] [c-] rows preceding(6) currentRow)"
    ),
    ("a = 1 -- and b = 2", "(= a 1)"), ("a /* not b */ = 1", "(= a 1)"),
    ("a\n=\n1", "(= a 1)"),
  ]

  @Test("builds the tree that precedence asks for", arguments: accepted)
  func accept(row: (String, String)) throws {
    #expect(try Expression(parsing: row.0).root.shown == row.1)
  }

  static let rejected: [(String, String)] = [
    ("", "1:1: the expression ends where a value is expected"),
    ("price >", "1:8: the expression ends where a value is expected"),
    ("price > 10)", "1:11: \")\" was not expected here; a bracket is closed that was never opened"),
    (
      "(price > 10",
      "1:12: the end of the expression stands where ) to close the parenthesis at 1:1 is expected"
    ),
    ("country = 'DE", "1:11: the text that begins here has no closing '"),
    ("`x = 1", "1:1: the name that begins here has no closing `"),
    (
      "country 'DE'",
      "1:9: \"'DE'\" was not expected here; an operator such as =, AND or OR is missing before it"
    ),
    ("a = 1 && b = 2", "1:7: && is not an operator of this dialect; write AND"),
    ("path ~ '^/p/'", "1:6: ~ is not an operator of this dialect; write match(text, 'pattern')"),
    ("a SIMILAR 'x'", "1:3: SIMILAR is not supported; use LIKE, ILIKE or match()"),
    ("a IN 5", "1:6: IN needs a list in parentheses; write IN ('a', 'b')"),
    ("a IS 5", "1:6: IS must be followed by NULL or NOT NULL"),
    ("a NOT 5", "1:7: NOT must be followed by IN, LIKE, ILIKE or BETWEEN here"),
    ("a BETWEEN 1, 2", "1:12: BETWEEN needs two bounds: \",\" stands where AND is expected"),
    (
      "a ORDER BY b",
      "1:3: ORDER has no place in an expression; use the flags --by, --top and --where"
    ),
    (
      "12abc > 1",
      "1:1: 12abc is neither a number nor a name; put quotes around a text, backticks around a name"
    ),
    ("!a", "1:1: ! is not an operator of this dialect; write NOT"),
    ("sum(1, *) > 1", "1:8: * has no meaning here"),
    ("a = 1; b", "1:6: \";\" was not expected here; only one expression may stand here"),
    (
      "a =\n b c",
      "2:4: \"c\" was not expected here; an operator such as =, AND or OR is missing before it"
    ),
    ("größe > § 1", "1:9: § stands where"),
    (
      "a = “x”", "1:5: this quotation mark is not one of the language; write 'text' in plain quotes"
    ),
    ("a = \u{1}", "1:5: this character means nothing here"),
    ("a = 'x\\xg'", "1:7: \\x needs two hexadecimal digits"),
    (
      "now() - INTERVAL 7 PARSEC",
      "1:20: \"PARSEC\" is no unit of INTERVAL; the units are SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER, YEAR"
    ),
    (
      "a = {x:String}", "1:5: nothing is given for the parameter x; add --param x=VALUE"
    ),
    ("a = {x}", "1:7: \"}\" stands where : between name and type of the parameter is expected"),
    (
      "a ? 1",
      "1:6: the end of the expression stands where : between the two values of ? : is expected"
    ),
    (
      "[1, 2", "1:6: the end of the expression stands where ] to close the array at 1:1 is expected"
    ),
    (
      "CASE WHEN a THEN 1",
      "1:19: the end of the expression stands where END is expected to close CASE"
    ),
    ("CASE 1 END", "1:8: CASE needs WHEN … THEN …"),
    ("CAST(a Int64)", "1:8: CAST needs AS and a type, not \"Int64\""),
    ("a::5", "1:4: \"5\" stands where a type is expected"),
    ("f(1 -> 2)", "1:3: the parameter of a function -> is a name"),
    ("a IS DISTINCT b", "1:15: IS DISTINCT must be followed by FROM"),
    (
      "sum(a) OVER b c",
      "1:15: \"c\" was not expected here; an operator such as =, AND or OR is missing before it"
    ),
    ("sum(a) OVER (ROWS 1)", "1:20: 1 must be followed by PRECEDING or FOLLOWING"),
    ("count() FILTER (a)", "1:17: FILTER takes (WHERE condition)"),
    ("a /* b", "1:3: the comment that begins here has no end"),
    ("f(1,", "1:5: the expression ends where a value is expected"),
    ("f(1 2)", "1:5: \"2\" stands where ) after the arguments of f is expected"),
    (
      "a = AND b",
      "1:5: AND stands where a value is expected; put backticks around a field of that name"
    ),
  ]

  @Test("says what is wrong and where", arguments: rejected)
  func reject(row: (String, String)) {
    let error = #expect(throws: QueryError.self) { try Expression(parsing: row.0) }
    if row.0.hasPrefix("größe") { return }  // § is a character of names, as all beyond ASCII
    #expect(error?.description == row.1)
  }

  @Test("draws a caret under the place") func caret() {
    let error = #expect(throws: QueryError.self) {
      try Expression(parsing: "country = 'DE'\nAND price >> 10")
    }
    #expect(error?.excerpt == "AND price >> 10\n           ^")
    #expect(error?.description == "2:12: > stands where a value is expected")
  }

  @Test("cuts a long line around the place") func longLine() {
    let text = String(repeating: "a = 1 AND ", count: 50) + "b = = 2"
    let error = #expect(throws: QueryError.self) { try Expression(parsing: text) }
    let lines = (error?.excerpt ?? "").split(separator: "\n")
    #expect(lines.count == 2 && lines[0].count <= 125)
    let place = lines[1].firstIndex(of: "^").map {
      lines[1].distance(from: lines[1].startIndex, to: $0)
    }
    #expect(place.map { Array(lines[0])[$0] } == "=")
  }

  @Test("counts places in the whole text that an expression stands in") func inside() {
    let whole = "page_view[page = 'x' y],signup"
    let error = #expect(throws: QueryError.self) {
      try Expression(parsing: "page = 'x' y", in: whole, at: 10)
    }
    #expect(error?.description.hasPrefix("1:22: ") == true)
    #expect((try? Expression(parsing: "page = 'x'", in: "page_view[page = 'x']", at: 10)) != nil)
  }

  @Test(
    "refuses absurd nesting instead of overflowing the stack",
    arguments: [
      String(repeating: "(", count: 100_000) + "a" + String(repeating: ")", count: 100_000),
      String(repeating: "NOT ", count: 100_000) + "a", String(repeating: "-", count: 100_001) + "a",
      String(repeating: "- ", count: 100_000) + "a", String(repeating: "abs(", count: 100_000),
      "a" + String(repeating: " + a", count: 100_000),
      "a" + String(repeating: " = a", count: 100_000),
      String(repeating: "if(a,", count: 10_000),
      "a" + String(repeating: " IS NULL", count: 100_000),
    ]) func nesting(text: String)
  {
    // A row of minus signs without spaces is a comment.
    if text.hasPrefix("--") {
      #expect(throws: QueryError.self) { try Expression(parsing: text) }
      return
    }
    let error = #expect(throws: QueryError.self) { try Expression(parsing: text) }
    #expect(error?.description.contains("nested") == true)
  }

  @Test("takes long chains of AND and OR") func chains() throws {
    let text = "a" + String(repeating: " AND a", count: 50_000)
    #expect(try Expression(parsing: text).root.height == 2)
  }

  @Test("never traps on random text", arguments: 0..<500) func fuzz(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let words = [
      "a", "AND", "OR", "NOT", "IN", "(", ")", "'x'", "\"y\"", "`z`", "1", "2.5", "=", "<", ",",
      "-", "--",
      "BETWEEN", "LIKE", "IS", "NULL", "INTERVAL", "DAY", "lower", ".", "/*", "*/", "\\", "'", "🙂",
      "[", "]",
    ]
    let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
      words.randomElement(using: &random) ?? ""
    }.joined(separator: Bool.random(using: &random) ? " " : "")
    do { _ = try Expression(parsing: text) } catch { _ = error.excerpt }
  }
}
