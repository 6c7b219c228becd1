// Which fields an ingest would bring that a store does not have yet, for dry runs.

import Columnar
import EvtCore

/// The fields of batches, compared with those known before.
struct FieldChanges {
  private var known: [ExactText: ValueKinds] = [:]
  private var seen: [ExactText: ValueKinds] = [:]
  /// Fields of an input that may yet be left out.
  private var pending: [ExactText: ValueKinds] = [:]

  private static let shownMax = 10

  /// Begins with the `fields` of a store.
  init(known fields: [SegmentSummary.Field]) {
    for field in fields where field.role == .property {
      known[ExactText(field.path), default: []].formUnion(field.kinds)
    }
  }

  /// Adds the properties of `batch`.
  mutating func add(_ batch: EventBatch) {
    for index in EventBatch.canonicalRoles.count..<batch.columnCount {
      batch.withColumn(index) { column in
        guard column.count > 0 else { return }
        pending[ExactText(column.path), default: []].formUnion(column.kinds)
      }
    }
  }

  /// Decides on what was added since the last decision.
  mutating func finishSource(isKept: Bool) {
    if isKept { seen.merge(pending) { $0.union($1) } }
    pending = [:]
  }

  /// What is new, in words: fields, and kinds of values in known fields.
  var notes: [String] {
    let paths = seen.keys.sorted()
    let new = paths.filter { known[$0] == nil }.map { "\($0.text) (\(Self.names(seen[$0])))" }
    let changed = paths.compactMap { path -> String? in
      guard let before = known[path] else { return nil }
      let more = (seen[path] ?? []).subtracting(before)
      return more.isEmpty ? nil : "\(path.text) (\(Self.names(more)), was \(Self.names(before)))"
    }
    return [("new fields", new), ("fields with new kinds of values", changed)].compactMap {
      $1.isEmpty ? nil : "\($0): \(Self.list($1))"
    }
  }

  private static func names(_ kinds: ValueKinds?) -> String {
    ValueKind.allCases.filter { $0 != .absent && kinds?.contains(ValueKinds($0)) == true }
      .map { "\($0)" }.joined(separator: ", ")
  }

  private static func list(_ texts: [String]) -> String {
    let shown = texts.prefix(shownMax).joined(separator: ", ")
    return texts.count > shownMax ? "\(shown) and \(texts.count - shownMax) more" : shown
  }
}
