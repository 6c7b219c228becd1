// Tests of FieldNaming: a name that is offered means its field.

import Columnar
import EvtCore
import Store
import TestSupport
import Testing

@testable import Query

@Suite("Names of fields")
struct FieldNamingTests {
  private static func known(_ paths: [String]) -> [SegmentSummary.Field] {
    paths.map { SegmentSummary.Field(path: $0, role: .property, kinds: .init(.text)) }
  }

  /// A source that has fields and nothing else.
  private struct Fields: QuerySource {
    var knownFields: [SegmentSummary.Field]
    var summaries: [SegmentSummary] { [] }
    var knownEvents: [String: UInt64] { [:] }
    var knowsAllEvents: Bool { true }
    var knowsAllFields: Bool { true }
    func reader(_ index: Int) throws -> SegmentReader { throw SegmentDamage("no segment") }
    func report(_ damage: SegmentDamage, segment index: Int) -> any Error { damage }
  }

  @Test("the shortest name that means the field")
  func shortest() {
    let naming = FieldNaming(
      Self.known([
        "properties.total", "context.device", "a.id", "b.id", "event", "x.user_id",
        "context.page", "properties.page", "deep.er.path",
      ]))
    let names = naming.names { _ in true }.map { FieldNaming.key($0.components) }
    #expect(
      names == [
        "event", "timestamp", "user_id", "session_id", "event_id", "a.id", "b.id", "device",
        "context.page", "path", "page", "total", "x.user_id",
      ])
    let wanted = naming.names { $0.joined(separator: ".").hasPrefix("prop") }
    #expect(
      wanted.map { FieldNaming.key($0.components) } == ["properties.page", "properties.total"])
  }

  @Test(
    "random fields are found under the names they are given", arguments: 0..<40 as Range<UInt64>)
  func randomNames(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "a", "b", "properties", "context", "event", "user_id", "first name", "x.y", "", "`", "not",
      "it's", "é", "1st", "back\\slash", "a,b", "\u{201C}q", "interval",
    ]
    let paths = (0..<30).map { _ in
      FieldPath.text(
        of: (0..<Int.random(in: 1...3, using: &random)).map { _ in
          parts[Int.random(in: 0..<parts.count, using: &random)]
        })
    }
    let source = Fields(knownFields: Self.known(Array(Set(paths)).sorted()))
    var binder = Binder(source, now: 0)
    let names = FieldNaming(source.knownFields).names { _ in true }
    let fields = binder.allFields
    #expect(Set(names.map(\.field)) == Set(fields), "seed \(seed)")
    for (field, components) in names {
      let byKey = try binder.field(FieldNaming.key(components))
      #expect(byKey == field, "\(components), seed \(seed)")
      let expression = try Expression(parsing: FieldNaming.expression(components))
      #expect(expression.isName)
      #expect(try binder.value(expression).fields == [field], "\(components), seed \(seed)")
    }
  }
}
