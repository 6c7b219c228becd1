// Tests of FieldCompletion: names of fields in lists, aggregates and expressions.

import Columnar
import EvtCore
import Query
import Testing

@testable import EvtCLI

@Suite("Completion of fields")
struct FieldCompletionTests {
  private static let fields: [(path: String, kind: ValueKind)] = [
    ("context.country", .text), ("properties.first name", .text), ("properties.it's", .int),
    ("properties.total", .double), ("properties.`a.b`", .int), ("properties.a,b", .int),
    ("properties.select", .int), ("properties.not", .int), ("cart.total_items", .int),
    ("order.id", .text), ("user.id", .text), ("properties.red\u{1B}[31m", .text),
  ]
  private let completion = FieldCompletion(
    names: StoreNames(
      events: [],
      fields: fields.map {
        SegmentSummary.Field(path: $0.path, role: .property, kinds: .init($0.kind))
      }))

  private func values(_ found: Completions) -> [String] {
    guard case .list(let list) = found else { return [] }
    return list.candidates.map { list.head + $0.text }
  }

  @Test(
    "fields and words of a list",
    arguments: [
      ("coun", ["country"]), ("context.", ["context.country"]),
      ("country,tot", ["country,total_items", "country,total"]),
      ("us", ["user_id", "user.id"]), ("da", ["day"]), ("first", ["first name"]),
      ("country, h", ["country, hour"]), ("a", ["`a.b`", "`a,b`"]), ("it", ["`it's`"]),
      ("toDate(time", ["toDate(timestamp"]), ("properties.s", ["properties.select"]),
      ("id", []), ("nothing", []),
    ])
  func lists(_ value: String, _ expected: [String]) {
    #expect(values(completion.list(value, and: ["day", "hour"])) == expected)
  }

  @Test(
    "aggregates: functions, then fields of the right kind",
    arguments: [
      ("", FieldCompletion.functions), ("su", ["sum:"]), ("count,us", ["count,users"]),
      ("sum:tot", ["sum:total_items", "sum:total"]),
      ("count,p95:to", ["count,p95:total_items", "count,p95:total"]),
      ("uniq:coun", ["uniq:country"]), ("sum:coun", []), ("sum:total,mi", ["sum:total,min:"]),
    ])
  func aggregates(_ value: String, _ expected: [String]) {
    #expect(values(completion.aggregates(value)) == expected)
  }

  @Test(
    "the last name of an expression",
    arguments: [
      ("coun", ["country"]), ("total > 3 and coun", ["total > 3 and country"]),
      ("if(tot", ["if(total_items", "if(total"]), ("not", ["`not`"]), ("sel", ["`select`"]),
      ("`fir", ["`first name`"]), ("first", ["`first name`"]),
      ("properties.`fir", ["properties.`first name`"]), ("country = 'tot", []),
      ("country = 'it\\'s tot", []),
      ("country = 'DE' and tot", ["country = 'DE' and total_items", "country = 'DE' and total"]),
      ("total > 10", []), ("nothing", []),
    ])
  func expressions(_ value: String, _ expected: [String]) {
    #expect(values(completion.expression(value)) == expected)
  }
}
