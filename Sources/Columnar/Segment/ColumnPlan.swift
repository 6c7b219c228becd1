// Which columns a segment gets.

import EvtCore

/// A column to be: its path and where each batch has it (−1: nowhere).
struct PlannedColumn: Sendable {
  var path: String
  var role: ColumnRole
  var indices: [Int]
}

/// Where a batch has a path.
struct BatchPlace: Sendable {
  var batch: Int
  var column: Int
}

/// A path and where it is to be found.
struct PropertyPlaces: Sendable {
  var path: String
  var places: [BatchPlace]
}

/// The columns of a segment in the order of the format: event, user, session, event id, timestamp,
/// source, properties by path, overflow.
struct ColumnPlan: Sendable {
  private(set) var columns: [PlannedColumn]
  /// The paths that had no room.
  let overflowPaths: [PropertyPlaces]

  init(_ source: SegmentRows) {
    let batches = source.batches
    columns = EventBatch.canonicalRoles.map { role in
      let index = EventBatch.canonicalColumn(role)
      return PlannedColumn(
        path: role.canonicalName ?? "", role: role, indices: batches.map { _ in index })
    }
    columns.append(PlannedColumn(path: "timestamp", role: .timestamp, indices: []))
    columns.append(PlannedColumn(path: "", role: .source, indices: []))
    let (properties, counts) = Self.properties(of: source)
    // The paths with most values get columns; ties go by path, so the choice is stable.
    var kept = Set(properties.indices)
    if properties.count > Limits.segmentColumnsMax {
      let byUse = properties.indices.sorted {
        (counts[$1], ExactText(properties[$0].path)) < (counts[$0], ExactText(properties[$1].path))
      }
      kept = Set(byUse.prefix(Limits.segmentColumnsMax))
    }
    columns += properties.indices.filter(kept.contains).map { index in
      var indices = batches.map { _ in -1 }
      for place in properties[index].places { indices[place.batch] = place.column }
      return PlannedColumn(path: properties[index].path, role: .property, indices: indices)
    }
    overflowPaths = properties.indices.filter { !kept.contains($0) }.map { properties[$0] }
    if overflowPaths.isEmpty { return }
    columns.append(PlannedColumn(path: "", role: .overflow, indices: []))
  }

  /// All properties by path, where each is, and how many values it has there. A list of the places
  /// of each, because there may be many more paths than batches have in common.
  private static func properties(of source: SegmentRows) -> ([PropertyPlaces], [Int]) {
    var byPath: [ExactText: Int] = [:]
    var found: [(property: PropertyPlaces, count: Int)] = []
    for (number, (batch, wanted)) in zip(source.batches, source.rowsByBatch()).enumerated() {
      for index in EventBatch.canonicalRoles.count..<batch.columnCount {
        // Of a batch with many days and keys each day has few.
        let known = batch.withColumn(index) { column in
          column.count > 0 && wanted.mayMeet(column) ? (column.path, column.count) : nil
        }
        guard let (path, count) = known else { continue }
        let place = byPath[ExactText(path)] ?? found.count
        if place == found.count {
          byPath[ExactText(path)] = place
          found.append((PropertyPlaces(path: path, places: []), 0))
        }
        found[place].property.places.append(BatchPlace(batch: number, column: index))
        found[place].count += count
      }
    }
    let sorted = found.sorted { ExactText($0.property.path) < ExactText($1.property.path) }
    return (sorted.map(\.property), sorted.map(\.count))
  }
}

/// The rows of one batch that a segment has.
private enum BatchRows {
  case all
  case some([Bool])

  /// Whether a value of `column` is in one of the rows, or there are so many that looking for it
  /// would not pay.
  func mayMeet(_ column: borrowing BatchColumn) -> Bool {
    guard case .some(let isWanted) = self, column.count <= Self.entriesMax else { return true }
    for entry in 0..<column.count where isWanted[column.row(of: entry)] { return true }
    return false
  }

  private static let entriesMax = 256
}

extension SegmentRows {
  /// The rows of each batch.
  fileprivate func rowsByBatch() -> [BatchRows] {
    var counts = [Int](repeating: 0, count: batches.count)
    for stretch in stretches { counts[stretch.batch] += stretch.positions.count }
    var wanted = zip(batches, counts).map { batch, count in
      count == batch.rowCount ? [] : [Bool](repeating: false, count: batch.rowCount)
    }
    for stretch in stretches where !wanted[stretch.batch].isEmpty {
      for position in stretch.positions { wanted[stretch.batch][Int(rows[position].row)] = true }
    }
    return wanted.map { $0.isEmpty ? .all : .some($0) }
  }
}
