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

  init(batches: [EventBatch]) {
    columns = EventBatch.canonicalRoles.map { role in
      let index = EventBatch.canonicalColumn(role)
      return PlannedColumn(
        path: role.canonicalName ?? "", role: role, indices: batches.map { _ in index })
    }
    columns.append(PlannedColumn(path: "timestamp", role: .timestamp, indices: []))
    columns.append(PlannedColumn(path: "", role: .source, indices: []))
    let (properties, counts) = Self.properties(of: batches)
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

  /// All properties by path, where each is, and how many values it has. A list of the places of
  /// each, because there may be many more paths than batches have in common.
  private static func properties(of batches: [EventBatch]) -> ([PropertyPlaces], [Int]) {
    var byPath: [ExactText: Int] = [:]
    var found: [(property: PropertyPlaces, count: Int)] = []
    for (number, batch) in batches.enumerated() {
      for index in EventBatch.canonicalRoles.count..<batch.columnCount {
        let (path, count) = batch.withColumn(index) { ($0.path, $0.count) }
        if count == 0 { continue }
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
