// Which columns a segment gets.

import EvtCore

/// A column to be: its path and where each batch has it (−1: nowhere).
struct PlannedColumn: Sendable {
  var path: String
  var role: ColumnRole
  var indices: [Int]
}

/// The columns of a segment in the order of the format: event, user, session, event id, timestamp,
/// source, properties by path, overflow.
struct ColumnPlan: Sendable {
  private(set) var columns: [PlannedColumn]
  /// The paths that had no room.
  let overflowPaths: [PlannedColumn]
  /// The same as fields of the catalogue.
  let overflowFields: [SegmentSummary.Field]

  init(batches: [EventBatch]) {
    columns = EventBatch.canonicalRoles.map { role in
      let index = EventBatch.canonicalColumn(role)
      return PlannedColumn(
        path: role.canonicalName ?? "", role: role, indices: batches.map { _ in index })
    }
    columns.append(PlannedColumn(path: "timestamp", role: .timestamp, indices: []))
    columns.append(PlannedColumn(path: "", role: .source, indices: []))
    let (properties, counts) = Self.properties(of: batches)
    guard properties.count > Limits.segmentColumnsMax else {
      columns += properties
      (overflowPaths, overflowFields) = ([], [])
      return
    }
    // The paths with most values get columns; ties go by path, so the choice is stable.
    let byUse = properties.indices.sorted {
      (counts[$1], ExactText(properties[$0].path)) < (counts[$0], ExactText(properties[$1].path))
    }
    let kept = Set(byUse.prefix(Limits.segmentColumnsMax))
    columns += properties.indices.filter(kept.contains).map { properties[$0] }
    overflowPaths = properties.indices.filter { !kept.contains($0) }.map { properties[$0] }
    overflowFields = overflowPaths.prefix(Limits.knownNamesMax).map { column in
      SegmentSummary.Field(
        path: column.path, role: .property, kinds: Self.kinds(of: column, in: batches))
    }
    columns.append(PlannedColumn(path: "", role: .overflow, indices: []))
  }

  /// All property columns by path, and how many values each has.
  private static func properties(of batches: [EventBatch]) -> ([PlannedColumn], [Int]) {
    var byPath: [ExactText: Int] = [:]
    var found: [(column: PlannedColumn, count: Int)] = []
    for (number, batch) in batches.enumerated() {
      for index in EventBatch.canonicalRoles.count..<batch.columnCount {
        let (path, count) = batch.withColumn(index) { ($0.path, $0.count) }
        if count == 0 { continue }
        let place = byPath[ExactText(path)] ?? found.count
        if place == found.count {
          byPath[ExactText(path)] = place
          let nowhere = [Int](repeating: -1, count: batches.count)
          found.append((PlannedColumn(path: path, role: .property, indices: nowhere), 0))
        }
        found[place].column.indices[number] = index
        found[place].count += count
      }
    }
    let sorted = found.sorted { ExactText($0.column.path) < ExactText($1.column.path) }
    return (sorted.map(\.column), sorted.map(\.count))
  }

  private static func kinds(of column: PlannedColumn, in batches: [EventBatch]) -> ValueKinds {
    var kinds: ValueKinds = []
    for (batch, index) in zip(batches, column.indices) where index >= 0 {
      batch.withColumn(index) { column in
        for entry in 0..<column.count { kinds.insert(ValueKinds(column.kind(of: entry))) }
      }
    }
    return kinds
  }
}
