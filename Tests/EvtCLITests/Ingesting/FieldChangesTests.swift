// Tests of FieldChanges.

import Columnar
import EvtCore
import Testing

@testable import EvtCLI

@Suite("Field changes")
struct FieldChangesTests {
  private static func batch(_ columns: [(path: String, kinds: [ValueKind])]) -> EventBatch {
    let batch = EventBatch(source: 0)
    for row in 0..<(columns.map(\.kinds.count).max() ?? 0) {
      for (path, kinds) in columns where row < kinds.count {
        let column = batch.propertyColumn(path)
        if kinds[row].isTextual {
          withUnsafeBytes(of: UInt8(ascii: "x")) { text in
            _ = batch.set(column: column, kind: kinds[row], text: text)
          }
        } else {
          _ = batch.set(column: column, kind: kinds[row], bits: 1)
        }
      }
      batch.finishRow(time: Int64(row))
    }
    return batch
  }

  @Test("new fields and new kinds are told, known ones are not")
  func tells() {
    var changes = FieldChanges(known: [
      .init(path: "a", role: .property, kinds: ValueKinds(.int)),
      .init(path: "b", role: .property, kinds: [ValueKinds(.text), ValueKinds(.null)]),
      .init(path: "new", role: .event, kinds: ValueKinds(.text)),
    ])
    changes.add(Self.batch([("a", [.int, .text]), ("b", [.text]), ("new", [.int, .double])]))
    changes.finishSource(isKept: true)
    changes.add(Self.batch([("left.out", [.int])]))
    changes.finishSource(isKept: false)
    #expect(
      changes.notes == [
        "new fields: new (int, double)", "fields with new kinds of values: a (text, was int)",
      ])
  }

  @Test("a long list is cut")
  func cuts() {
    var changes = FieldChanges(known: [])
    changes.add(Self.batch((10..<25).map { ("f\($0)", [.bool]) }))
    changes.finishSource(isKept: true)
    #expect(changes.notes.first?.hasSuffix("f19 (bool) and 5 more") == true)
  }
}
