// evt-sql(7) names everything that the language has.

import Foundation
import Testing

@testable import Query

@Suite("The page of SQL") struct SQLPageTests {
  @Test("names every function, aggregate and window function") func names() throws {
    let page = try Self.page()
    let named = Set(
      page.split { $0.isWhitespace || $0 == "," }.map(String.init))
    let aggregates = AggregateName.Base.allCases.map(\.rawValue)
    let windows = [
      "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead",
      "lagInFrame", "leadInFrame", "first_value", "last_value", "nth_value",
    ]
    for window in windows { #expect(WindowFunction(name: window) != nil, "\(window)") }
    // What + and - of times are called within.
    let inner: Set = ["timePlus", "timeMinus"]
    let missing = (FunctionDefinition.allNames + aggregates + windows)
      .filter { !inner.contains($0) }
      .filter { !named.contains($0) && !page.contains("(\($0)") && !Self.grouped($0, page) }
    #expect(missing == [])
  }

  private static func page() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("man/evt-sql.7"), encoding: .utf8)
  }

  /// Whether the page speaks of a name together with others of its kind: of toInt8 as of toInt64.
  private static func grouped(_ name: String, _ page: String) -> Bool {
    for suffix in ["OrNull", "OrZero", "OrDefault"] where name.hasSuffix(suffix) { return true }
    let kinds = [
      "toInt", "toUInt", "toFloat", "toDecimal", "subtract", "simpleJSON", "fromUnix", "toUnix",
      "toDate",
    ]
    return kinds.contains { name.hasPrefix($0) }
  }
}
