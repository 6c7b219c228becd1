// Which columns the merged segment gets.

import EvtCore

/// A column to be, and where each input has it.
struct MergedColumn: Sendable {
  var path: String
  var role: ColumnRole
  var places: [ColumnPlace]
}

/// The columns of a merged segment in the order of the format.
struct MergePlan: Sendable {
  private(set) var columns: [MergedColumn] = []
  /// The runs of the kept rows, ascending.
  let runs: [UInt64]

  /// A path of the inputs.
  private struct Path {
    var path: String
    var columns: [Int?]
    /// Values, at most; some may be of rows that are dropped.
    var count = 0
    /// What its values in overflow columns take in memory; nil if it is in none.
    var promotedBytes: Int?
  }

  /// - Throws: `SegmentDamage`, or the error of the source.
  init(_ inputs: [MergeInput]) throws {
    runs = try inputs.reduce(into: Set()) { $0.formUnion(try $1.keptRuns()) }.sorted()
    for role in EventBatch.canonicalRoles + [.timestamp, .source] {
      columns.append(Self.column(role, of: inputs))
    }
    if runs.count > 1 { columns.append(Self.runColumn(of: inputs)) }
    let paths = Self.paths(of: inputs, overflow: try OverflowSurvey(inputs))
    let kept = Self.pathsWithColumn(paths)
    let promoted = Set(
      kept.filter { paths[$0].promotedBytes != nil }.map { ExactText(paths[$0].path) })
    let values = try inputs.map { try PromotedValues.values(of: promoted, in: $0) }
    for index in paths.indices where kept.contains(index) {
      columns.append(Self.column(of: paths[index], values))
    }
    let others = paths.indices.filter { !kept.contains($0) }.map { paths[$0] }
    if !others.isEmpty {
      columns.append(Self.overflowColumn(others, promoted: promoted, inputs))
    }
  }

  private static func column(_ role: ColumnRole, of inputs: [MergeInput]) -> MergedColumn {
    MergedColumn(
      path: role.canonicalName ?? "", role: role,
      places: inputs.map { input in
        input.reader.footer.column(role: role).map { .column($0) } ?? .missing
      })
  }

  private static func runColumn(of inputs: [MergeInput]) -> MergedColumn {
    MergedColumn(
      path: "", role: .run,
      places: inputs.map { input in
        input.reader.footer.column(role: .run).map { .column($0) }
          ?? .constant(Int64(bitPattern: input.runs[0]))
      })
  }

  /// All paths in their order, those in overflow columns included.
  private static func paths(of inputs: [MergeInput], overflow: OverflowSurvey) -> [Path] {
    var found: [ExactText: Path] = [:]
    let nowhere = [Int?](repeating: nil, count: inputs.count)
    for (number, input) in inputs.enumerated() {
      for (index, column) in input.reader.footer.columns.enumerated()
      where column.role == .property {
        let absent = column.kindCounts[Int(ValueKind.absent.rawValue)]
        found[ExactText(column.path), default: Path(path: column.path, columns: nowhere)]
          .count += input.reader.footer.rowCount - Int(clamping: absent)
        found[ExactText(column.path)]?.columns[number] = index
      }
    }
    for (path, facts) in overflow.paths {
      found[path, default: Path(path: path.text, columns: nowhere)].count += facts.count
      found[path]?.promotedBytes = facts.bytes
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// As in a new segment, the paths with most values get columns, ties by path. But what comes out
  /// of overflow columns for that is held in memory, and must not be too much.
  private static func pathsWithColumn(_ paths: [Path]) -> Set<Int> {
    let byUse = paths.indices.sorted { (paths[$1].count, $0) < (paths[$0].count, $1) }
    var kept: Set<Int> = []
    var promotedBytes = 0
    for index in byUse where kept.count < Limits.segmentColumnsMax {
      if let bytes = paths[index].promotedBytes {
        if bytes > Limits.mergePromotedBytesMax - promotedBytes { continue }
        promotedBytes += bytes
      }
      kept.insert(index)
    }
    return kept
  }

  /// - Parameter values: for each input what comes out of its overflow column.
  private static func column(
    of path: Path, _ values: [[ExactText: PromotedValues]]
  ) -> MergedColumn {
    let places = zip(path.columns, values).map { column, values -> ColumnPlace in
      if let column { return .column(column) }
      return values[ExactText(path.path)].map { .promoted($0) } ?? .missing
    }
    return MergedColumn(path: path.path, role: .property, places: places)
  }

  private static func overflowColumn(
    _ others: [Path], promoted: Set<ExactText>, _ inputs: [MergeInput]
  ) -> MergedColumn {
    let places = inputs.enumerated().map { number, input -> ColumnPlace in
      let demoted = others.compactMap { other in
        other.columns[number].map { (path: other.path, column: $0) }
      }
      let column = input.reader.footer.column(role: .overflow)
      if column == nil, demoted.isEmpty { return .missing }
      return .overflow(OverflowRebuild(column: column, promoted: promoted, demoted: demoted))
    }
    return MergedColumn(path: "", role: .overflow, places: places)
  }
}

extension MergePlan {
  /// Makes sure that a block of every column, and what it is made of, fits into memory, with the
  /// dictionaries of all inputs.
  /// - Throws: `MergeTooLarge`.
  func checkSize(_ inputs: [MergeInput]) throws {
    for column in columns {
      var bytes = 0
      for (place, input) in zip(column.places, inputs) {
        bytes += place.columns(of: input.reader.footer).reduce(0) { sum, index in
          let entry = input.reader.footer.columns[index]
          return sum + Int(entry.dictionary?.rawBytes ?? 0)
            + (entry.blocks.map { Int($0.rawBytes) }.max() ?? 0)
        }
      }
      if bytes > Limits.mergeBlockBytesMax { throw MergeTooLarge() }
    }
  }
}

extension ColumnPlace {
  /// The columns that are read for it.
  fileprivate func columns(of footer: SegmentFooter) -> [Int] {
    switch self {
    case .missing, .constant, .promoted: []
    case .column(let column): [column]
    case .overflow(let rebuild): (rebuild.column.map { [$0] } ?? []) + rebuild.demoted.map(\.column)
    }
  }
}
